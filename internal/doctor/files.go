package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// files reads the settings and the input of every role.
func (x *examination) files(context.Context) error {
	for _, area := range []home.Area{home.Settings, home.Input} {
		for _, role := range x.roles {
			path, err := x.home.Path(area, role.Name)
			if err != nil {
				return err
			}
			data, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue // none are stored
			}
			if err != nil {
				x.unreadable(role.Name, path, err)
				continue
			}
			if line, what := faultOf(data); what != "" {
				x.report.add(Finding{Kind: Damaged, Role: role.Name, Path: path, Line: line, What: what,
					Advice: "repair the line, or replace the file with ansar " + string(area) + " --role-name=" + role.Name})
			}
		}
	}
	return nil
}

// faultOf says what keeps text from being an object of JSON, and in which line.
func faultOf(text []byte) (line int, what string) {
	var object map[string]json.RawMessage
	err := json.Unmarshal(text, &object)
	var syntax *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return 1, "it is empty"
	case errors.As(err, &syntax):
		offset := min(max(syntax.Offset-1, 0), int64(len(text)))
		return 1 + bytes.Count(text[:offset], []byte("\n")), syntax.Error()
	case err != nil || object == nil:
		return 1, "it is not an object of JSON"
	}
	return 0, ""
}

// histories reads every line of the history of every role.
func (x *examination) histories(context.Context) error {
	for _, role := range x.roles {
		path, err := x.home.Path(home.History, role.Name)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it never ran
		}
		if err != nil {
			x.unreadable(role.Name, path, err)
			continue
		}
		number := 0
		for line := range bytes.Lines(data) {
			number++
			var record struct {
				Run   int    `json:"run"`
				Event string `json:"event"`
			}
			if json.Unmarshal(line, &record) == nil && record.Run >= 0 && record.Event != "" {
				continue
			}
			what := "this is no record of a run"
			if !bytes.HasSuffix(line, []byte("\n")) {
				what = "the last record is torn: its writer was killed"
			}
			x.report.add(Finding{Kind: Damaged, Role: role.Name, Path: path, Line: number, What: what,
				Advice: "remove the line: it is passed over, and what it said is lost"})
		}
	}
	return nil
}

// schemas has what is kept of the declarations of programs read.
func (x *examination) schemas(context.Context) error {
	if x.options.Schema == nil {
		return nil
	}
	entries, err := os.ReadDir(x.home.Dir(home.Schema))
	if err != nil {
		x.unreadable("", x.home.Dir(home.Schema), err)
		return nil
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".binpb") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(x.home.Dir(home.Schema), e.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			x.unreadable("", path, err)
			continue
		}
		if err := x.options.Schema(data); err != nil {
			x.report.add(Finding{Kind: Damaged, Path: path, What: "what the program declares cannot be read: " + oneLine(err),
				Advice: "remove the file: the program is asked again"})
		}
	}
	return nil
}

func (x *examination) unreadable(role, path string, err error) {
	x.report.add(Finding{Kind: Damaged, Role: role, Path: path, What: "it cannot be read: " + oneLine(err), Advice: "check its owner and mode"})
}

// oneLine is the text of an error without the path, in one line.
func oneLine(err error) string {
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// redirects compares the links in the folder of the home with home.json, by
// which programs go.
func (x *examination) redirects(context.Context) error {
	for _, area := range home.Areas() {
		link := filepath.Join(x.home.Root(), string(area))
		dir := x.home.Dir(area)
		target, err := os.Readlink(link)
		switch {
		case err == nil && dir == link:
			if area != home.Bin && area != home.Resource {
				x.report.add(Finding{Kind: Redirect, Path: link, What: "it is a link, and home.json knows of none", Advice: "put the folder itself back"})
			}
		case err == nil && target != dir:
			x.report.add(Finding{Kind: Redirect, Path: link, What: "it leads to " + target + ", and home.json says " + dir,
				Advice: "roles use the second: remove the link, ansar create makes it anew"})
		case err != nil && dir != link:
			x.report.add(Finding{Kind: Redirect, Path: link, Note: true, What: "the link to " + dir + " is gone", Advice: "ansar create makes it anew"})
		}
	}
	return nil
}

// modes looks for what others than the owner can read.
func (x *examination) modes(context.Context) error {
	paths := []string{x.home.Root()}
	for _, area := range []home.Area{home.Settings, home.Input, home.Logs, home.History} {
		if dir := x.home.Dir(area); filepath.Dir(dir) != x.home.Root() {
			paths = append(paths, dir) // below the home nobody gets to it
		}
	}
	for _, path := range slices.Compact(paths) {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			x.report.add(Finding{Kind: Open, Path: path, What: "others can look into it: its mode is " + info.Mode().Perm().String(),
				Advice: "settings and logs may hold secrets: chmod 700"})
		}
	}
	return nil
}
