package importer

import (
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestExeced(t *testing.T) {
	tests := []struct{ name, command, want string }{
		{"one program", "serve --port 5", "exec serve --port 5"},
		{"a variable before it", "A=1 B='x y' serve", "A=1 B='x y' exec serve"},
		{"a redirection behind it", `serve >log 2>&1 <in`, `exec serve >log 2>&1 <in`},
		{"quotes", `"a b" 'c;d' "e|$F" g\;h`, `exec "a b" 'c;d' "e|$F" g\;h`},
		{"a variable", "$HOME/serve $PORT", "exec $HOME/serve $PORT"},
		{"blanks", "  serve", "  exec serve"},
		{"exec is there already", "exec serve", "exec serve"},
		{"a word of the shell", "cd app", "cd app"},
		{"two programs", "cd app && serve", "cd app && serve"},
		{"a pipe", "serve | tee log", "serve | tee log"},
		{"in the background", "serve &", "serve &"},
		{"one after the other", "a; b", "a; b"},
		{"two lines", "a\nb", "a\nb"},
		{"a loop", "while true; do a; done", "while true; do a; done"},
		{"a group", "(a)", "(a)"},
		{"what another prints", "serve $(cat args)", "serve $(cat args)"},
		{"the same, in quotes", "serve \"`cat args`\"", "serve \"`cat args`\""},
		{"only variables", "A=1", "A=1"},
		{"only a redirection", ">log", ">log"},
		{"a redirection before it", "2>&1 serve", "2>&1 serve"},
		{"a comment", "# serve", "# serve"},
		{"what exec would take for an option", "-a serve", "-a serve"},
		{"a quote without end", "serve 'a", "serve 'a"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := execed(tt.command); got != tt.want {
				t.Errorf("execed(%q) = %q, want %q", tt.command, got, tt.want)
			}
		})
	}
}

// Whatever a command is, it prints and ends as it does without exec.
func TestExecedDoesTheSame(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"echo", "/bin/echo", "env", "printf", "a", "-c", "'b c'", `"$A d"`, `"e;f"`, "$A", "${B}", "A=1", "B='2 3'", ";", "&&", "||", "|", "cat",
		">out", "2>err", "(", ")", "{", "}", "if", "true", "then", "fi", "#", `\;`, `\ `, "false", "sh", "'exit 3'", "`echo g`", "$(echo h)", "!", "cd", ".",
	})
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		command := strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "command"), rapid.SampledFrom([]string{" ", "  ", "\t"}).Draw(t, "between"))
		if strings.HasPrefix(strings.TrimSpace(command), "$") || strings.Contains(command, ";sh") {
			return // what a variable stands for may be a word of the shell
		}
		want, got := run(dir, command), run(dir, execed(command))
		if got != want {
			t.Fatalf("%q:\n%s\n%q:\n%s", command, want, execed(command), got)
		}
	})
}

// run returns what a command prints and its exit status.
func run(dir, command string) string {
	cmd := exec.Command("sh", "-c", command)
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
