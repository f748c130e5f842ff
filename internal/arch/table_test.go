package arch

// module is the import path that all packages of ours begin with.
const module = "github.com/ansar-go/ansar"

// An arrow says what the files of a package may import of ours; its tests may
// import anything. Beside it, every package but a floor may import lifecycle
// and the packages of generated messages.
type arrow struct {
	from  string   // a package below the module, or a subtree: "examples/..."
	to    []string // the same
	floor bool     // imports nothing of ours, lifecycle and messages included
}

// arrows has a row for every package: one that is in no row is an error, so
// whoever adds a package decides where it stands. The first row that fits counts.
var arrows = []arrow{
	{from: "lifecycle", floor: true},
	{from: "internal/osproc", floor: true},
	{from: "internal/logstore", floor: true},
	{from: "internal/link"},
	{from: "internal/settings"},
	{from: "internal/settings/schema", to: []string{"internal/settings"}},
	{from: "internal/background", floor: true},
	{from: "internal/interval", floor: true},
	{from: "internal/home", to: []string{"internal/settings"}},
	{from: "internal/history", to: []string{"internal/home", "internal/logstore"}},
	{from: "internal/runner", to: []string{
		"internal/background", "internal/history", "internal/home", "internal/interval", "internal/logstore", "internal/osproc",
	}},
	{from: "actor", to: []string{"internal/interval", "internal/link", "internal/osproc", "internal/poolpb"}},
	{from: "actor/schedule/graph", floor: true},
	{from: "actor/schedule/job", to: []string{"actor"}},
	{from: "internal/schedule/selection", to: []string{"actor/schedule/graph", "internal/settings"}},
	{from: "internal/schedule/check", to: []string{"actor/schedule/graph", "internal/settings"}},
	{from: "internal/schedule/planfile", to: []string{"internal/settings"}},
	{from: "internal/schedule/engine", to: []string{"actor/schedule/graph", "internal/schedule/check"}},
	{from: "internal/schedule/journal"},
	{from: "internal/schedule/journaltest", to: []string{"internal/schedule/journal"}},
	{from: "internal/schedule/replay", to: []string{"internal/schedule/journal"}},
	{from: "internal/schedule/formats", to: []string{"actor/schedule/graph", "internal/schedule/journal", "internal/schedule/replay"}},
	{from: "internal/schedule/process", to: []string{"internal/osproc"}},
	{from: "internal/schedule/hostlock"},
	{from: "internal/schedule/joblog", to: []string{"actor"}},
	{from: "internal/schedule/fingerprint"},
	{from: "internal/schedule/live", to: []string{"internal/schedule/formats", "internal/schedule/journal", "internal/schedule/replay"}},
	{from: "actor/schedule/logs", to: []string{"actor", "internal/schedule/joblog"}},
	{from: "actor/schedule/lease", to: []string{"actor"}},
	{from: "actor/schedule", to: []string{
		"actor", "actor/schedule/graph", "actor/schedule/job", "internal/schedule/check", "internal/schedule/engine", "internal/schedule/fingerprint", "internal/schedule/formats",
		"internal/schedule/hostlock", "internal/schedule/joblog", "internal/schedule/journal", "internal/schedule/process", "internal/schedule/replay",
	}},
	{from: "framework", to: []string{
		"actor", "internal/background", "internal/history", "internal/home", "internal/logstore", "internal/settings",
	}},
	{from: "internal/property", to: []string{"internal/home", "internal/interval", "internal/settings"}},
	{from: "internal/report", to: []string{"internal/settings"}},
	{from: "internal/group", to: []string{
		"framework", "actor", "internal/background", "internal/history", "internal/home", "internal/logstore", "internal/osproc",
		"internal/property", "internal/runner", "internal/settings", "internal/settings/schema",
	}},
	{from: "internal/deploy", to: []string{"internal/home", "internal/logstore", "internal/settings", "internal/settings/schema"}},
	{from: "internal/importer", to: []string{"internal/home", "internal/property", "internal/settings"}},
	{from: "internal/doctor", to: []string{"internal/history", "internal/home", "internal/logstore", "internal/property"}},
	{from: "internal/cli/pages", floor: true},
	{from: "internal/cli", to: []string{
		"internal/cli/pages", "internal/group", "internal/deploy", "internal/doctor", "internal/importer", "internal/report", "framework", "actor", "actor/schedule",
		"actor/schedule/graph", "internal/schedule/...",
		"internal/history", "internal/home", "internal/logstore", "internal/property", "internal/settings", "internal/settings/schema",
	}},
	{from: "cmd/...", to: []string{"internal/cli", "internal/runner", "framework"}},
	{from: "examples/...", to: []string{"actor", "actor/schedule", "actor/schedule/job", "framework", "examples/..."}},
	{from: "internal/arch", floor: true},
	{from: "internal/proctest", floor: true},
}

// messages are the packages of generated code, which import only each other.
var messages = []string{
	"framework/options",
	"framework/homepb",
	"actor/schedule/schedulepb",
	"examples/examplespb",
	"internal/.../*pb",
	"internal/settings/settingstest",
}

// A door says which packages may import a library. Here tests count, too.
type door struct {
	library string
	open    []string
}

var doors = []door{
	{"github.com/asynkron/protoactor-go", []string{"actor"}},
	{"github.com/spf13/pflag", []string{"framework", "internal/settings", "internal/settings/schema", "internal/cli", "internal/cli/pages"}},
	{"github.com/spf13/cobra", []string{"internal/cli", "internal/cli/pages"}},
	{"charm.land/bubbletea/v2", []string{"internal/schedule/live"}},
	{"charm.land/lipgloss/v2", []string{"internal/schedule/live"}},
}

// onlyProtobuf are the packages that import no library but protobuf itself.
var onlyProtobuf = []string{"lifecycle"}
