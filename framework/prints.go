package framework

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/logstore"
)

const (
	longestPrint = 64 << 10 // a longer line is stored in parts
	printsLimit  = time.Second
)

// prints is what a process in the background prints by itself, and whatever its
// own code starts with its outputs, on its way into the log.
type prints struct {
	store *logstore.Writer
	name  string
	pipes [2]*os.File // read ends: of standard output and of standard error
	wait  sync.WaitGroup
	undo  func() // gives back the write ends
	once  sync.Once
}

// capture sends standard output and standard error of the process into the log.
func capture(store *logstore.Writer, name string) (*prints, error) {
	p := &prints{store: store, name: name}
	out, outEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errs, errsEnd, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, out.Close(), outEnd.Close())
	}
	p.pipes = [2]*os.File{out, errs}
	if p.undo, err = redirect(outEnd, errsEnd); err != nil {
		return nil, errors.Join(err, out.Close(), errs.Close())
	}
	for i, tag := range []string{"1", "2"} {
		p.wait.Go(func() { p.drain(p.pipes[i], tag) })
	}
	return p, nil
}

// close returns when everything that was printed is in the log. Whoever still
// has a write end, which no child of ours has by now, is not waited for.
func (p *prints) close() {
	p.once.Do(func() {
		p.undo()
		for _, r := range p.pipes {
			_ = r.SetReadDeadline(time.Now().Add(printsLimit)) // pipes take one
		}
		p.wait.Wait()
	})
}

// drain stores what comes out of a pipe until that ends, line by line.
func (p *prints) drain(r *os.File, tag string) {
	s := &splitter{prints: p, tag: tag}
	buffer := make([]byte, 64<<10)
	for {
		n, err := r.Read(buffer)
		s.take(buffer[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.rest(r, buffer)
		}
		if err != nil {
			break
		}
	}
	s.end()
	_ = r.Close()
}

// splitter makes lines of what is printed.
type splitter struct {
	prints *prints
	tag    string
	line   []byte // begun, no newline yet
	batch  []byte
}

// take stores the lines that end in text, and keeps the rest.
func (s *splitter) take(text []byte) {
	now := timestamppb.New(time.Now())
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if room := longestPrint - len(s.line); len(line) > room {
			line, rest, whole = text[:room], text[room:], true
		}
		s.line = append(s.line, line...)
		text = rest
		if whole {
			s.add(now)
		}
	}
	s.store()
}

func (s *splitter) add(at *timestamppb.Timestamp) {
	r := &actor.LogRecord{Time: at, Tag: s.tag, Id: "00000001", Name: s.prints.name, Text: string(bytes.TrimSuffix(s.line, []byte("\r")))}
	s.batch = append(r.AppendText(s.batch, false), '\n')
	s.line = s.line[:0]
}

func (s *splitter) store() {
	if len(s.batch) > 0 {
		_ = s.prints.store.WriteBatch(s.batch) // it tells itself what was lost, and why
		s.batch = s.batch[:0]
	}
}

// end stores a last line without its newline.
func (s *splitter) end() {
	if len(s.line) > 0 {
		s.add(timestamppb.New(time.Now()))
		s.store()
	}
}

// rest takes what is in the pipe after the time to wait for its end is over.
func (s *splitter) rest(r *os.File, buffer []byte) {
	conn, err := r.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		for range 16 { // a pipe holds no more
			n, err := syscall.Read(int(fd), buffer)
			if n <= 0 || err != nil {
				return
			}
			s.take(buffer[:n])
		}
	})
}
