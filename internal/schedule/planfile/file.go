package planfile

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/settings"
)

// SizeMost is how long a file may be, in bytes.
const SizeMost = 100_000_000

// File is a plan that was read.
type File struct {
	// Plan is as it was written, without defaults, except for its name: the base
	// name of the file if it says none.
	Plan *pb.Plan

	// Path is as it was given; "-" is standard input.
	Path string

	// Dir is the folder of the file, absolute. For standard input, and for what is
	// below /dev and /proc, it is the working directory.
	Dir string

	root *node
}

// Read reads a plan from a file of YAML or JSON, or from standard input if path
// is "-". JSON is read as such if the file is called so, or if it is. Problems of
// the text are [Errors]; those of the file have a *fs.PathError in their chain.
// What the plan means is checked elsewhere.
func Read(path string) (*File, error) {
	data, err := load(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

func load(path string) ([]byte, error) {
	in := os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read plan: %w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, SizeMost+1))
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	if len(data) > SizeMost {
		return nil, Errors{{File: called(path), Problem: fmt.Sprintf("the file is longer than %d MB: split the plan", SizeMost/1_000_000)}}
	}
	return data, nil
}

// called is the name of a file in errors.
func called(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

// Parse reads a plan from the text of a file called path.
func Parse(path string, data []byte) (*File, error) {
	dir, err := folder(path)
	if err != nil {
		return nil, err
	}
	file := &File{Plan: &pb.Plan{}, Path: path, Dir: dir}
	root, wrong := parse(path, data)
	if wrong != nil {
		wrong.File = called(path)
		if wrong.Problem == emptyText {
			wrong.Problem += ": a plan has at least jobs, as in jobs: [{id: build, command: [make]}]"
		}
		return nil, Errors{wrong}
	}
	file.root = root
	r := reading(called(path), len(data))
	r.message(root, file.Plan.ProtoReflect(), nil)
	if err := r.failure(); err != nil {
		return nil, err
	}
	if base := filepath.Base(path); file.Plan.Name == "" && !piped(path) {
		file.Plan.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	return file, nil
}

// piped reports whether nothing can be kept beside a path: standard input, and what
// shells make of <(command).
func piped(path string) bool {
	return path == "-" || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
}

func folder(path string) (string, error) {
	dir := "."
	if !piped(path) {
		dir = filepath.Dir(path)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("read plan: %w", err)
	}
	return dir, nil
}

// parse makes a tree of text that is JSON or YAML.
func parse(path string, data []byte) (*node, *Error) {
	if strings.EqualFold(filepath.Ext(path), ".json") || json.Valid(data) {
		return parseJSON(data)
	}
	return parseYAML(data)
}

// Write returns a plan as JSON that [Read] reads. The same plan gives the same
// bytes always.
func Write(plan *pb.Plan) []byte { return settings.Marshal(plan, nil) }

// Message sets the fields of m from a text of YAML or JSON, by the rules of
// plans; file is for errors, which are [Errors].
func Message(file string, data []byte, m proto.Message) error {
	root, wrong := parse(file, data)
	if wrong != nil {
		wrong.File = file
		return Errors{wrong}
	}
	r := reading(file, len(data))
	r.message(root, m.ProtoReflect(), nil)
	return r.failure()
}
