package fingerprint

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// The parts of a key, in the order in which they stand in it.
var parts = [...]string{"job", "files", "environment", "needs"}

// partLength is the number of hexadecimal digits of each part.
const partLength = 32

// Key is what the job's next result depends on. Files are looked for from dir;
// needKeys are the keys of the jobs that it needs, and an empty one among them, or
// a job without a fingerprint, gives the empty key: it is always run. The other
// value says why in that case, and else what the key is made of.
//
// Key reads all the files and blocks as long, or until ctx ends. The error is that of
// ctx, or of a file that is there and cannot be read.
func Key(ctx context.Context, job *schedulepb.Job, dir string, needKeys map[string]string) (key, why string, err error) {
	f := job.GetFingerprint()
	if f == nil {
		return "", "it has no fingerprint", nil
	}
	for _, id := range slices.Sorted(maps.Keys(needKeys)) {
		if needKeys[id] == "" {
			return "", "it needs " + id + ", which has no fingerprint", nil
		}
	}
	work, err := workPart(job)
	if err != nil {
		return "", "", err
	}
	files, count, err := filesPart(ctx, dir, f.GetFiles())
	if err != nil {
		return "", "", err
	}
	key = strings.Join([]string{work, files, environmentPart(f.GetEnvironment()), needsPart(needKeys)}, "-")
	return key, fmt.Sprintf("the job, %d files, %d variables, %d needs", count, len(f.GetEnvironment()), len(needKeys)), nil
}

// Difference names what has changed between two keys: "files, needs". It is empty
// if they are equal, and "unknown" if one is none of ours.
func Difference(old, now string) string {
	if old == now {
		return ""
	}
	a, b := strings.Split(old, "-"), strings.Split(now, "-")
	if len(a) != len(parts) || len(b) != len(parts) {
		return "unknown"
	}
	var changed []string
	for i, part := range parts {
		if a[i] != b[i] {
			changed = append(changed, part)
		}
	}
	return strings.Join(changed, ", ")
}

// WhyRun says why a job with that key is run, where stored is what was kept of its last
// good run. It is empty if it need not be.
func WhyRun(key, none string, stored *Stored) string {
	switch {
	case key == "":
		return none
	case stored == nil:
		return "nothing is known of a good run"
	case stored.Key == key:
		return ""
	}
	return "what has changed: " + Difference(stored.Key, key)
}

// workPart covers what the job does, and leaves out when it does it.
func workPart(job *schedulepb.Job) (string, error) {
	does := &schedulepb.Job{
		Id: job.GetId(), Work: job.GetWork(), Environment: job.GetEnvironment(), Artefacts: job.GetArtefacts(),
		Fingerprint: job.GetFingerprint(),
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(does)
	if err != nil {
		return "", fmt.Errorf("describe job %s: %w", job.GetId(), err)
	}
	h := sha256.New()
	h.Write(bytes)
	return digest(h), nil
}

func environmentPart(names []string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(slices.Values(names)) {
		value, set := os.LookupEnv(name)
		fmt.Fprintf(h, "%q %t %q\n", name, set, value)
	}
	return digest(h)
}

func needsPart(keys map[string]string) string {
	h := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		fmt.Fprintf(h, "%q %q\n", id, keys[id])
	}
	return digest(h)
}

// until reads until its context ends.
type until struct {
	io.Reader
	ctx context.Context
}

func (u *until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.Reader.Read(p)
}

// filesPart covers the names and the contents of the files, and counts them. A
// pattern without a file counts too: there may be one later.
func filesPart(ctx context.Context, dir string, patterns []string) (part string, count int, err error) {
	h := sha256.New()
	for _, pattern := range patterns {
		files, err := find(ctx, dir, pattern)
		if err != nil {
			return "", 0, err
		}
		fmt.Fprintf(h, "%q %d\n", pattern, len(files))
		for _, file := range files {
			if err := addFile(ctx, h, dir, file); err != nil {
				return "", 0, err
			}
		}
		count += len(files)
	}
	return digest(h), count, nil
}

func addFile(ctx context.Context, h io.Writer, dir, name string) error {
	file, err := os.Open(under(dir, name))
	if err != nil {
		return fmt.Errorf("read a file of the fingerprint: %w", err)
	}
	defer file.Close()
	content := sha256.New()
	if _, err := io.Copy(content, &until{file, ctx}); err != nil {
		return fmt.Errorf("read a file of the fingerprint: %w", err)
	}
	fmt.Fprintf(h, "%q %s\n", name, digest(content))
	return nil
}

func digest(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil))[:partLength] }
