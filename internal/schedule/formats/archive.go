package formats

import (
	"archive/zip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// SumsFile is the name of the file in an archive that has the checksums of all others, as
// sha256sum writes and checks them.
const SumsFile = "SHA256SUMS"

// Archive packs the folder of a run into a zip file: all files and links to files, each below
// the name of the folder, and their checksums in SHA256SUMS. Pipes and sockets are left
// out. The file appears when it is complete and on the disk; one that was there before is
// replaced then. It holds no more than a part of one file in memory.
func Archive(folder, file string) error {
	if err := archive(folder, file); err != nil {
		return fmt.Errorf("archive %s: %w", folder, err)
	}
	return nil
}

func archive(folder, file string) (err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return err
	}
	pending, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o644), renameio.WithTempDir(filepath.Dir(file)))
	if err != nil {
		return err
	}
	defer func() { _ = pending.Cleanup() }() // after CloseAtomicallyReplace it does nothing
	p := &packer{zip: zip.NewWriter(pending), folder: folder, base: filepath.Base(folder)}
	for _, own := range []string{file, pending.Name()} { // they may be in the folder
		info, err := os.Stat(own)
		if err == nil {
			p.without = append(p.without, info)
		}
	}
	if err := errors.Join(filepath.WalkDir(folder, p.add), p.writeSums()); err != nil {
		return err
	}
	if err := p.zip.Close(); err != nil {
		return err
	}
	return pending.CloseAtomicallyReplace()
}

type packer struct {
	zip     *zip.Writer
	folder  string
	base    string
	without []fs.FileInfo
	sums    strings.Builder
}

func (p *packer) add(path string, d fs.DirEntry, err error) error {
	if err != nil || d.IsDir() {
		return err
	}
	info, err := d.Info()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() && info.Mode().Type() != fs.ModeSymlink:
		return nil
	}
	for _, other := range p.without {
		if os.SameFile(info, other) {
			return nil
		}
	}
	name, err := filepath.Rel(p.folder, path)
	if err != nil {
		return err
	}
	name = filepath.ToSlash(name)
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Name, header.Method = p.base+"/"+name, zip.Deflate
	if info.Mode().Type() == fs.ModeSymlink {
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		return p.write(header, "", strings.NewReader(target))
	}
	content, err := os.Open(path)
	if err != nil {
		return err
	}
	defer content.Close()
	return p.write(header, name, content)
}

// write adds a file, with its checksum if it has a name for that.
func (p *packer) write(header *zip.FileHeader, name string, content io.Reader) error {
	w, err := p.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, sum), content); err != nil {
		return err
	}
	if name != "" {
		fmt.Fprintf(&p.sums, "%s%x  %s\n", map[bool]string{true: `\`}[needsEscape(name)], sum.Sum(nil), escapeName(name))
	}
	return nil
}

// needsEscape and escapeName do what sha256sum does with names of more than one line.
func needsEscape(name string) bool { return strings.ContainsAny(name, "\\\n\r") }

func escapeName(name string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(name)
}

func (p *packer) writeSums() error {
	w, err := p.zip.Create(p.base + "/" + SumsFile)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, p.sums.String())
	return err
}
