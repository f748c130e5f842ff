package deploy

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// material reads a file of settings or input, or a folder of values.
func (d *drawing) material(area home.Area, role, path string, materials map[string]*Material) error {
	key := string(area) + "/" + role
	m := materials[key]
	if m == nil {
		m = &Material{Area: area, Role: role}
		materials[key] = m
	}
	if !isFolder(path) {
		data, err := os.ReadFile(path)
		if err != nil {
			return cannot("read", path, err)
		}
		m.File = &Content{filepath.Base(path), path, data}
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return cannot("read", path, err)
	}
	for _, e := range entries {
		name := filepath.Join(path, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if isFolder(name) {
			d.warn(valuesFolder+"/"+role+"/"+e.Name(), "not a file")
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return cannot("read", name, err)
		}
		m.Values = append(m.Values, Content{e.Name(), name, data})
	}
	return nil
}

// texts asks what settings and inputs become.
func (d *drawing) texts(ctx context.Context, materials map[string]*Material) error {
	for _, key := range slices.SortedFunc(maps.Keys(materials), settingsFirst) {
		m := materials[key]
		if m.File == nil && len(m.Values) == 0 {
			continue
		}
		data, err := d.Checker.Text(ctx, m)
		if err != nil {
			return err
		}
		if data == nil {
			continue
		}
		text := &Text{Area: m.Area, Role: m.Role, Data: data}
		d.plan.Texts = append(d.plan.Texts, text)
		if m.File != nil {
			text.From = append(text.From, d.below(m.File.Path))
			d.found("Detected %s for %q", map[home.Area]string{home.Settings: "settings change", home.Input: "input changes"}[m.Area], m.Role)
		} else {
			d.found("Detected %d setting-value changes for %q", len(m.Values), m.Role)
		}
		for _, v := range m.Values {
			text.From = append(text.From, d.below(v.Path))
		}
		d.touch(m.Role)
	}
	return nil
}

// below returns a path as it is in the snapshot.
func (d *drawing) below(path string) string {
	return filepath.ToSlash(strings.TrimPrefix(path, d.Snapshot+string(filepath.Separator)))
}

// settingsFirst sorts settings before inputs, each by role.
func settingsFirst(a, b string) int {
	areaA, _, _ := strings.Cut(a, "/")
	areaB, _, _ := strings.Cut(b, "/")
	if areaA != areaB {
		return strings.Compare(areaB, areaA) // settings, input
	}
	return strings.Compare(a, b)
}

// unchanged checks what stays of roles whose executable changes.
func (d *drawing) unchanged(ctx context.Context) {
	for _, role := range d.fresh {
		if slices.ContainsFunc(d.plan.Texts, func(t *Text) bool { return t.Role == role && t.Area == home.Settings }) {
			continue
		}
		if err := d.Checker.Fits(ctx, role); err != nil {
			d.plan.Warnings = append(d.plan.Warnings, err.Error())
		}
	}
}
