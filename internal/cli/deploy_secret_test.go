package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schema"
	"github.com/ansar-go/ansar/internal/settings/settingstest"
)

// randomVault draws a message of secrets, in lists and maps too. Words are few,
// so that items differ in their secrets alone, or not at all.
func randomVault(t *rapid.T, depth int) *settingstest.Vault {
	word := rapid.SampledFrom([]string{"", "a", "b"})
	v := &settingstest.Vault{
		Word: word.Draw(t, "word"), Open: word.Draw(t, "open"), Number: int64(rapid.IntRange(0, 1).Draw(t, "number")),
		Words: rapid.SliceOfN(word, 0, 2).Draw(t, "words"), ByName: rapid.MapOfN(word, word, 0, 2).Draw(t, "by name"),
	}
	if rapid.Bool().Draw(t, "maybe") {
		v.Maybe = proto.String(word.Draw(t, "is"))
	}
	if depth == 0 {
		return v
	}
	for range rapid.IntRange(0, 3).Draw(t, "inner") {
		v.Inner = append(v.Inner, randomVault(t, depth-1))
	}
	for _, name := range rapid.SliceOfN(word, 0, 2).Draw(t, "named") {
		if v.Named == nil {
			v.Named = map[string]*settingstest.Vault{}
		}
		v.Named[name] = randomVault(t, depth-1)
	}
	return v
}

func vaultProgram(t testing.TB) *schema.Program {
	t.Helper()
	program, err := schema.Load(settings.Describe("vault", &settingstest.Vault{}, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// A file of a snapshot, whose secrets read "***", leaves the secrets of the home
// as they are, whatever else is changed in it.
func TestSnapshotsLeaveSecrets(t *testing.T) {
	program := vaultProgram(t)
	checker := &deployChecker{}
	rapid.Check(t, func(t *rapid.T) {
		vault := randomVault(t, 2)
		before := &stored{message: program.Settings()}
		if _, err := settings.Unmarshal("", settings.Marshal(vault, nil), before.message, &settings.ReadOptions{Types: program.Types}); err != nil {
			t.Fatal(err)
		}
		text := string(before.text(program, true))
		vault.Open = "changed"
		i := strings.LastIndex(text, `"open": "`) // that of the outermost comes last
		edited := text[:i] + `"open": "changed"` + text[i+strings.Index(text[i:]+"\n", "\n"):]
		if strings.HasSuffix(strings.TrimSpace(text[i:i+strings.Index(text[i:], "\n")]), ",") {
			edited = text[:i] + `"open": "changed",` + text[i+strings.Index(text[i:], "\n"):]
		}
		after, err := checker.merged(settingsPart, &deploy.Material{File: &deploy.Content{Path: "f", Data: []byte(edited)}}, before, program)
		if err != nil {
			t.Fatalf("%v\n%s", err, edited)
		}
		got := &settingstest.Vault{}
		if _, err := settings.Unmarshal("", settings.Marshal(after.message, &settings.WriteOptions{Types: program.Types}), got, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(vault, got, protocmp.Transform()); diff != "" {
			t.Fatalf("settings (-want +got):\n%s\nof\n%s", diff, edited)
		}
	})
}

// A secret that nobody tells is an error, and not lost.
func TestSecretsThatNobodyTells(t *testing.T) {
	program := vaultProgram(t)
	before := &stored{message: program.Settings()}
	known := `{"word": "a", "inner": [{"word": "b", "open": "one"}]}`
	if _, err := settings.Unmarshal("", []byte(known), before.message, &settings.ReadOptions{Types: program.Types}); err != nil {
		t.Fatal(err)
	}
	lost := func(path string) string {
		return "f: value." + path + ` reads "***", and the home does not have this secret: give its value there`
	}
	tests := []struct{ name, text, want string }{
		{"known ones", `{"value": {"word": "***", "inner": [{"word": "***", "open": "one"}]}}`, ""},
		{"new values", `{"value": {"word": "c", "inner": [{"word": "d", "open": "two"}]}}`, ""},
		{"one that the home has not", `{"value": {"maybe": "***"}}`, lost("maybe")},
		{"one in the other spelling", `{"value": {"byName": "***"}}`, lost("byName")},
		{"one of an item that is another", `{"value": {"inner": [{"word": "***", "open": "two"}]}}`, lost("inner[0].word")},
		{"one of an item more", `{"value": {"inner": [{"word": "***", "open": "one"}, {"word": "***", "open": "one"}]}}`, lost("inner[1].word")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			m := &deploy.Material{File: &deploy.Content{Path: "f", Data: []byte(tt.text)}}
			if _, err := (&deployChecker{}).merged(settingsPart, m, before, program); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
