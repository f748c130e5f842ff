package process

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// TokenName is the variable that says whose a process is. Its value is a path of
// tokens, for a job may itself run jobs.
const TokenName = "ANSAR_TOKEN"

// NewToken returns a token that nobody else has.
func NewToken() string { return strings.ToLower(rand.Text()) }

// Mark returns the entry of an environment, NAME=value, that marks a process and all that comes
// of it. [Start] adds it to that of a command; who starts a process in another way does so himself.
func Mark(token string) string {
	token = program() + "/" + token
	if outer := os.Getenv(TokenName); outer != "" {
		token = outer + "/" + token
	}
	return TokenName + "=" + token
}

// Strays describes the processes that bear the token, and what is below them, without those
// that this program has started itself. It blocks for a moment, see [osproc.Family.Find].
func Strays(token string) []Stray {
	found := family(nil, token).Find()
	defer found.Close()
	var list []Stray
	for _, m := range found.Members() {
		list = append(list, Stray{PID: m.PID, CommandLine: m.CommandLine})
	}
	return list
}

// KillStrays ends the processes that Strays describes, and returns them: SIGTERM, and SIGKILL
// when grace has passed or ctx ends, until there is none. Those that end by themselves within
// the leak window do not count. It blocks until then, for 2 s after SIGKILL at most. It is for
// what a call of a component has left, or what is left of a call.
func KillStrays(ctx context.Context, token string, window, grace time.Duration) []Stray {
	f := family(nil, token)
	if awaitNone(ctx, f.Left, window) {
		return nil
	}
	var left roll
	term(f, &left)
	if !awaitNone(ctx, f.Find, grace) {
		killAll(f, &left)
	}
	strays, _ := left.strays(f)
	return strays
}

func family(root *osproc.Process, token string) osproc.Family {
	return osproc.Family{Root: root, Variable: TokenName, Token: token}
}
