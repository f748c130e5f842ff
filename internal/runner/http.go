package runner

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// target is what an HTTP probe asks for.
type target struct{ address, host, path string }

// parseHTTP takes an address such as http://localhost:8080/health apart.
func parseHTTP(text string) (target, error) {
	u, err := url.Parse(text)
	if err != nil {
		return target{}, fmt.Errorf("readiness by http: %w", err)
	}
	if u.Scheme != "http" || u.Hostname() == "" {
		return target{}, fmt.Errorf("readiness by http %q: it must be http://host:port/path", text)
	}
	return target{
		address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80")),
		host:    u.Host,
		path:    u.RequestURI(),
	}, nil
}

// get reports whether the target answers with a status of 200 to 399. It
// speaks the little of HTTP that this takes, because the whole of it is as
// large as the rest of the program.
func (t target) get(ctx context.Context) bool {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return false
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: ansar-runner\r\nConnection: close\r\n\r\n", t.path, t.host)
	if err != nil {
		return false
	}
	line, err := bufio.NewReaderSize(conn, 256).ReadSlice('\n')
	if err != nil {
		return false
	}
	version, rest, _ := strings.Cut(string(line), " ")
	return strings.HasPrefix(version, "HTTP/1.") && len(rest) >= 4 && (rest[0] == '2' || rest[0] == '3') &&
		isDigit(rest[1]) && isDigit(rest[2]) && !isDigit(rest[3])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
