package importer

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// trap is what stands before a command whose shell may stay.
const trap = "trap 'exit 143' TERM\n"

func TestForShell(t *testing.T) {
	tests := []struct{ name, command, want string }{
		{"one program", "serve --port 5", "exec serve --port 5"},
		{"a variable before it", "A=1 B='x y' serve", "A=1 B='x y' exec serve"},
		{"a redirection behind it", `serve >log 2>&1 <in`, `exec serve >log 2>&1 <in`},
		{"quotes", `"a b" 'c;d' "e|$F" g\;h`, `exec "a b" 'c;d' "e|$F" g\;h`},
		{"a variable", "$HOME/serve $PORT", "exec $HOME/serve $PORT"},
		{"a variable that may be anything", "$SERVE $PORT", "$SERVE $PORT"},
		{"blanks", "  serve", "  exec serve"},
		{"a newline at the end", "serve\n", "exec serve\n"},
		{"a semicolon at the end", "serve ;", "exec serve ;"},
		{"exec is there already", "exec serve", "exec serve"},
		{"a word of the shell", "cd app", "cd app"},
		{"only variables", "A=1", "A=1"},
		{"only a redirection", ">log", ">log"},
		{"a redirection before it", "2>&1 serve", "2>&1 serve"},
		{"what exec would take for an option", "-a serve", "-a serve"},
		{"words that open something, as arguments", "serve if", trap + "serve if"},

		{"the last of a list", "cd app && serve", trap + "cd app && exec serve"},
		{"the last of several", "a; B=1 b || c&&d", trap + "a; B=1 b || c&&exec d"},
		{"lines", "cd app\n\nserve\n", trap + "cd app\n\nexec serve\n"},
		{"a word of the shell is last", "a; wait", trap + "a; wait"},
		{"a pipe", "serve | tee log", trap + "serve | tee log"},
		{"one behind a pipe", "a | b; c", trap + "a | b; exec c"},
		{"in the background", "serve &", trap + "serve &"},
		{"beside another", "serve & serve", trap + "serve & serve"},
		{"a loop", "while true; do a; done", trap + "while true; do a; done"},
		{"a group", "(a)", trap + "(a)"},
		{"braces", "{ a; }", trap + "{ a; }"},
		{"not", "! a", trap + "! a"},
		{"what another prints", "serve $(cat args)", trap + "serve $(cat args)"},
		{"the same, in quotes", "serve \"`cat args`\"", trap + "serve \"`cat args`\""},
		{"a comment", "# serve", trap + "# serve"},
		{"a comment behind it", "serve # it", trap + "serve # it"},
		{"a document", "serve <<A\nb\nA", trap + "serve <<A\nb\nA"},
		{"a file that is overwritten", "serve >|log", trap + "serve >|log"},
		{"a quote without end", "serve 'a", trap + "serve 'a"},
		{"nothing between", "a ;; b", trap + "a ;; b"},
		{"nothing behind", "a &&", trap + "a &&"},
		{"nothing", "", trap},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := forShell(tt.command, syscall.SIGTERM, "SIGTERM"); got != tt.want {
				t.Errorf("forShell(%q) = %q, want %q", tt.command, got, tt.want)
			}
		})
	}
}

// Whatever a command is, it prints and ends as it does as it stands.
func TestForShellDoesTheSame(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"echo", "/bin/echo", "env", "printf", "a", "-c", "'b c'", `"$A d"`, `"e;f"`, "$A", "${B}", "A=1", "B='2 3'", ";", "&&", "||", "|", "cat", "\n", "wait", "while", "do", "done",
		">out", "2>err", "(", ")", "{", "}", "if", "true", "then", "fi", "#", `\;`, `\ `, "false", "sh", "'exit 3'", "`echo g`", "$(echo h)", "!", "cd", ".",
	})
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		command := strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "command"), rapid.SampledFrom([]string{" ", "  ", "\t"}).Draw(t, "between"))
		want, got := run(dir, command), run(dir, forShell(command, syscall.SIGTERM, "SIGTERM"))
		if got != want {
			t.Fatalf("%q:\n%s\n%q:\n%s", command, want, forShell(command, syscall.SIGTERM, "SIGTERM"), got)
		}
	})
}

// run returns what a command prints and its exit status.
func run(dir, command string) string {
	cmd := exec.Command("sh", "-c", "\n"+command) // no option, whatever it begins with
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	out, _ := cmd.Output()
	var lines []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "_=") { // bash tells the last argument
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "") + cmd.ProcessState.String()
}
