package property

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ansar-go/ansar/framework/homepb"
)

// Notify says how a program tells that it is ready.
type Notify string

// The ways to tell it.
const (
	NotifyNone   Notify = "none"   // it is ready at once
	NotifySocket Notify = "socket" // READY=1 to NOTIFY_SOCKET, as sd_notify does
	NotifyFD     Notify = "fd"     // a newline on descriptor 3
)

// Readiness says how a plain program shows that it is ready. At most one of
// Exec, TCP, HTTP and Log is not its zero value, and then Notify is NotifyNone.
type Readiness struct {
	Notify  Notify
	Exec    []string       // a program and its arguments: exits with 0
	TCP     string         // host:port that takes connections
	HTTP    string         // http:// URL that answers with 200 to 399
	Log     *regexp.Regexp // matched by a line of the output
	Every   time.Duration  // between probes
	Timeout time.Duration  // of one probe
}

// Readiness returns the property readiness.
func (s *Set) Readiness() Readiness {
	m := s.readiness()
	r := Readiness{
		Notify: NotifyNone, Exec: m.GetExec(), TCP: m.GetTcp(), HTTP: m.GetHttp(),
		Every: span(m.GetEvery(), DefaultEvery), Timeout: span(m.GetTimeout(), DefaultTimeout),
	}
	if m.GetNotify() != "" {
		r.Notify = Notify(m.GetNotify())
	}
	if m.GetLog() != "" {
		r.Log = regexp.MustCompile(m.GetLog()) // checked when it was read
	}
	return r
}

func checkReadiness(m *homepb.Readiness) error {
	var given []string
	for _, p := range []struct {
		name  string
		given bool
	}{
		{"notify", m.Notify != nil},
		{"exec", len(m.Exec) > 0},
		{"tcp", m.Tcp != nil},
		{"http", m.Http != nil},
		{"log", m.Log != nil},
	} {
		if p.given {
			given = append(given, p.name)
		}
	}
	switch {
	case len(given) == 0:
		return errors.New("it needs one of notify, exec, tcp, http and log")
	case len(given) > 1:
		return fmt.Errorf("%s are two of an either-or: give one of them", strings.Join(given[:2], " and "))
	}
	if err := checkProbe(given[0], m); err != nil {
		return err
	}
	if err := positive("every", m.Every); err != nil {
		return err
	}
	return positive("timeout", m.Timeout)
}

func checkProbe(probe string, m *homepb.Readiness) error {
	switch probe {
	case "notify":
		return oneOf("notify", m.GetNotify(), string(NotifySocket), string(NotifyFD), string(NotifyNone))
	case "exec":
		return texts("exec", m.Exec[0] == "", m.Exec...)
	case "tcp":
		return hostPort("tcp", m.GetTcp())
	case "http":
		u, err := url.Parse(m.GetHttp())
		switch {
		case err == nil && u.Scheme == "https":
			return fmt.Errorf("http: %q begins with https://: give an address that answers without TLS, or probe with exec", m.GetHttp())
		case err != nil || u.Scheme != "http" || u.Hostname() == "":
			return fmt.Errorf("http: %q is not a URL that begins with http://", m.GetHttp())
		}
	case "log":
		if _, err := regexp.Compile(m.GetLog()); err != nil || m.GetLog() == "" {
			return fmt.Errorf("log: %q is not a regular expression", m.GetLog())
		}
	}
	return nil
}

func hostPort(name, text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		var n int
		if n, err = strconv.Atoi(port); err == nil && (n < 1 || n > 65535) {
			return fmt.Errorf("%s: port %d of %q is not 1 to 65535", name, n, text)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %q is not host:port", name, text)
	}
	return nil
}
