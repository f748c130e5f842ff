package actor

import (
	"context"
	"log/slog"
	"strings"
)

// handler writes the records of a [slog.Logger] into the log of an object.
type handler struct {
	self   *Context
	prefix string // groups that are open, each with a dot behind it
	attrs  string // attributes that every record carries, rendered
}

// tagOfSlog maps the levels of slog: warnings and faults keep their names,
// Info is for people to read, Debug for developers.
func tagOfSlog(l slog.Level) byte {
	switch {
	case l >= slog.LevelError:
		return tagFault
	case l >= slog.LevelWarn:
		return tagWarning
	case l >= slog.LevelInfo:
		return tagConsole
	}
	return tagDebug
}

// Enabled implements [slog.Handler].
func (h *handler) Enabled(_ context.Context, l slog.Level) bool {
	return h.self.log.shows(tagOfSlog(l))
}

// Handle implements [slog.Handler].
func (h *handler) Handle(_ context.Context, r slog.Record) error {
	var line strings.Builder
	line.WriteString(r.Message)
	line.WriteString(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		appendAttr(&line, h.prefix, a)
		return true
	})
	h.self.line(tagOfSlog(r.Level), "%s", line.String())
	return nil
}

// WithAttrs implements [slog.Handler].
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var line strings.Builder
	for _, a := range attrs {
		appendAttr(&line, h.prefix, a)
	}
	return &handler{h.self, h.prefix, h.attrs + line.String()}
}

// WithGroup implements [slog.Handler].
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &handler{h.self, h.prefix + name + ".", h.attrs}
}

func appendAttr(line *strings.Builder, prefix string, a slog.Attr) {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, inner := range value.Group() {
			appendAttr(line, prefix, inner)
		}
		return
	}
	if a.Equal(slog.Attr{}) {
		return
	}
	if shown, changed := redactArg(value.Any()); changed {
		value = slog.AnyValue(shown)
	}
	text := value.String()
	if text == "" || strings.ContainsAny(text, " \"=\n\t") {
		text = quote(text)
	}
	line.WriteString(" " + prefix + a.Key + "=" + text)
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(text) + `"`
}
