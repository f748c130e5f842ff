package schema

import (
	"errors"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	_ "github.com/ansar-go/ansar/framework/options" // messages of programs may have them
	"github.com/ansar-go/ansar/internal/settings"
)

// Types knows the messages of a set of files and, besides, those compiled into
// this program. It is a [settings.Resolver], and may be used by many goroutines.
type Types struct {
	files   *protoregistry.Files
	dynamic *dynamicpb.Types
}

var _ settings.Resolver = (*Types)(nil)

// NewTypes returns the types of a set of files. Files may stand in any order;
// one that is imported and not in the set must be compiled in.
func NewTypes(set *descriptorpb.FileDescriptorSet) (_ *Types, err error) {
	defer func() {
		if r := recover(); r != nil { // a descriptor so damaged that the library does not expect it
			err = fmt.Errorf("read schema: damaged file descriptor: %v", r)
		}
	}()
	l := &loader{byPath: map[string]*descriptorpb.FileDescriptorProto{}, begun: map[string]bool{}, files: new(protoregistry.Files)}
	for _, f := range set.GetFile() {
		if other := l.byPath[f.GetName()]; other != nil && !proto.Equal(other, f) {
			return nil, fmt.Errorf("read schema: file %s is there twice and differs", strconv.Quote(f.GetName()))
		}
		l.byPath[f.GetName()] = f
	}
	for _, f := range set.GetFile() {
		if err := l.load(f.GetName()); err != nil {
			return nil, fmt.Errorf("read schema: %w", err)
		}
	}
	return &Types{files: l.files, dynamic: dynamicpb.NewTypes(l.files)}, nil
}

// loader builds files after those that they import.
type loader struct {
	byPath map[string]*descriptorpb.FileDescriptorProto
	begun  map[string]bool
	files  *protoregistry.Files
}

func (l *loader) load(path string) error {
	f := l.byPath[path]
	if f == nil || l.begun[path] {
		return nil // compiled in, done, or a circle that building it finds
	}
	l.begun[path] = true
	for _, dependency := range f.GetDependency() {
		if err := l.load(dependency); err != nil {
			return err
		}
	}
	fd, err := protodesc.NewFile(f, l)
	if err != nil {
		return fmt.Errorf("file %s: %w", strconv.Quote(path), err)
	}
	return l.files.RegisterFile(fd)
}

// FindFileByPath implements [protodesc.Resolver].
func (l *loader) FindFileByPath(path string) (protoreflect.FileDescriptor, error) {
	if fd, err := l.files.FindFileByPath(path); err == nil || l.byPath[path] != nil {
		return fd, err
	}
	return protoregistry.GlobalFiles.FindFileByPath(path)
}

// FindDescriptorByName implements [protodesc.Resolver].
func (l *loader) FindDescriptorByName(name protoreflect.FullName) (protoreflect.Descriptor, error) {
	d, err := l.files.FindDescriptorByName(name)
	if errors.Is(err, protoregistry.NotFound) {
		return protoregistry.GlobalFiles.FindDescriptorByName(name)
	}
	return d, err
}

// FindMessageByName returns the message type called name, or
// [protoregistry.NotFound].
func (t *Types) FindMessageByName(name protoreflect.FullName) (protoreflect.MessageType, error) {
	return or(name, t.dynamic.FindMessageByName, protoregistry.GlobalTypes.FindMessageByName)
}

// FindMessageByURL returns the message type that the last part of url names,
// or [protoregistry.NotFound].
func (t *Types) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	return or(url, t.dynamic.FindMessageByURL, protoregistry.GlobalTypes.FindMessageByURL)
}

// FindExtensionByName returns the extension called name, or
// [protoregistry.NotFound].
func (t *Types) FindExtensionByName(name protoreflect.FullName) (protoreflect.ExtensionType, error) {
	return or(name, t.dynamic.FindExtensionByName, protoregistry.GlobalTypes.FindExtensionByName)
}

// FindExtensionByNumber returns the extension of a message by its number, or
// [protoregistry.NotFound].
func (t *Types) FindExtensionByNumber(message protoreflect.FullName, n protoreflect.FieldNumber) (protoreflect.ExtensionType, error) {
	xt, err := t.dynamic.FindExtensionByNumber(message, n)
	if err != nil {
		return protoregistry.GlobalTypes.FindExtensionByNumber(message, n)
	}
	return xt, nil
}

// or asks one source after the other.
func or[K, V any](key K, first, second func(K) (V, error)) (V, error) {
	if v, err := first(key); err == nil {
		return v, nil
	}
	return second(key)
}
