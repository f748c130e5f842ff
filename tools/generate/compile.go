package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/pluginpb"
)

// module is the import path that the Go packages of all sources begin with.
const module = "github.com/ansar-go/ansar"

// compile parses every .proto file below root/proto and returns what a
// protobuf plugin is asked for them.
func compile(ctx context.Context, root string) (*pluginpb.CodeGeneratorRequest, error) {
	folder := filepath.Join(root, "proto")
	names, err := sources(folder)
	if err != nil {
		return nil, err
	}
	compiler := protocompile.Compiler{
		Resolver:       protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{folder}}),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	compiled, err := compiler.Compile(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("compile proto/%w", err)
	}

	request := &pluginpb.CodeGeneratorRequest{FileToGenerate: names, Parameter: proto.String("module=" + module)}
	seen := map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(file protoreflect.FileDescriptor) {
		if seen[file.Path()] {
			return
		}
		seen[file.Path()] = true
		for i := range file.Imports().Len() {
			add(file.Imports().Get(i).FileDescriptor) // a plugin wants imports first
		}
		request.ProtoFile = append(request.ProtoFile, protoutil.ProtoFromFileDescriptor(file))
	}
	for _, file := range compiled {
		add(file)
	}
	return request, nil
}

// sources lists the .proto files below folder, sorted, as imports name them.
func sources(folder string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".proto") {
			return nil
		}
		name, err := filepath.Rel(folder, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("find .proto files: none below %s", folder)
	}
	return names, err
}

// generate asks the protoc-gen-go of the go.mod in root, and returns the
// content of each generated file by its path below root.
func generate(ctx context.Context, root string, request *pluginpb.CodeGeneratorRequest) (map[string][]byte, error) {
	in, err := proto.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("ask protoc-gen-go: %w", err)
	}
	var out bytes.Buffer
	plugin := exec.CommandContext(ctx, "go", "tool", "protoc-gen-go")
	plugin.Dir, plugin.Stdin, plugin.Stdout, plugin.Stderr = root, bytes.NewReader(in), &out, os.Stderr
	if err := plugin.Run(); err != nil {
		return nil, fmt.Errorf("run go tool protoc-gen-go: %w", err)
	}
	var response pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(out.Bytes(), &response); err != nil {
		return nil, fmt.Errorf("read the answer of protoc-gen-go: %w", err)
	}
	if response.Error != nil {
		return nil, fmt.Errorf("protoc-gen-go: %s", response.GetError())
	}
	files := map[string][]byte{}
	for _, file := range response.File {
		files[file.GetName()] = []byte(file.GetContent())
	}
	return files, nil
}
