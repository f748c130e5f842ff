package home

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSearch(t *testing.T) {
	h := newTestHome(t, nil, "zombie-1", "snooze-0", "snooze-1", "noop-0", "zombie-0")
	all := []string{"noop-0", "snooze-0", "snooze-1", "zombie-0", "zombie-1"}
	tests := []struct {
		name   string
		search *Search
		want   []string
	}{
		{"nil is all, sorted", nil, all},
		{"none is all", &Search{}, all},
		{"not of none is nothing", &Search{Invert: true}, []string{}},
		{"one expression", &Search{Words: []string{`snooze-\d`}}, []string{"snooze-0", "snooze-1"}},
		{"the others", &Search{Words: []string{`snooze-\d`}, Invert: true}, []string{"noop-0", "zombie-0", "zombie-1"}},
		{"the others of the ones", &Search{Words: []string{`[a-z]+?-1`}, Invert: true}, []string{"noop-0", "snooze-0", "zombie-0"}},
		{"an executable", &Search{Executable: "snooze"}, []string{"snooze-0", "snooze-1"}},
		{"an executable and a word", &Search{Words: []string{".*-1"}, Executable: "snooze"}, []string{"snooze-1"}},
		{"the others of an executable", &Search{Words: []string{".*-1"}, Executable: "snooze", Invert: true}, []string{"snooze-0"}},
		{"not of none of an executable", &Search{Executable: "snooze", Invert: true}, []string{}},
		{"several words are a union", &Search{Words: []string{"noop-0", "zombie-.", "n.*"}}, []string{"noop-0", "zombie-0", "zombie-1"}},
		{"the others of a union", &Search{Words: []string{"noop-0", "zombie-."}, Invert: true}, []string{"snooze-0", "snooze-1"}},
		{"an alternative matches whole names", &Search{Words: []string{"noop|zombie-0"}}, []string{"zombie-0"}},
		{"an anchor of one's own", &Search{Words: []string{"^noop-0$"}}, []string{"noop-0"}},
		{"upper case, on request", &Search{Words: []string{"(?i)NOOP-0"}}, []string{"noop-0"}},
		{"a longer alternative", &Search{Words: []string{"noop|noop-0"}}, []string{"noop-0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			roles, err := h.Search(tt.search)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, namesOf(roles)); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
		})
	}
}

// A name is that role, also where it means something else as an expression.
func TestSearchForOddNames(t *testing.T) {
	h := newTestHome(t, nil, "a+b", "aab", "what?")
	for word, want := range map[string][]string{"a+b": {"a+b", "aab"}, `a\+b`: {"a+b"}, "what?": {"what?"}, "aab": {"aab"}} {
		roles, err := h.Search(&Search{Words: []string{word}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, namesOf(roles)); diff != "" {
			t.Errorf("roles for %q (-want +got):\n%s", word, diff)
		}
	}
}

func TestSearchFindsNothing(t *testing.T) {
	h := newTestHome(t, nil, "snooze-0", "snooze-1", "snooze-10")
	tests := []struct {
		name   string
		search *Search
		kind   error
		want   string
	}{
		{"a beginning is no match", &Search{Words: []string{"snooze"}}, ErrNoMatch, `no matches for "snooze"`},
		{"an end is no match", &Search{Words: []string{"0"}}, ErrNoMatch, `no matches for "0"`},
		{"words as typed", &Search{Words: []string{"a", "b.*"}}, ErrNoMatch, `no matches for "a b.*"`},
		{"one of the words", &Search{Words: []string{"snooze-0", "snoze-1"}}, ErrNoMatch, `no matches for "snoze-1"`},
		{"words with a match between them", &Search{Words: []string{"a", "snooze-0", "b"}}, ErrNoMatch, `no matches for "a b"`},
		{"all but what is not there", &Search{Words: []string{"snoze-1"}, Invert: true}, ErrNoMatch, `no matches for "snoze-1"`},
		{"a role of another executable", &Search{Words: []string{"snooze-0"}, Executable: "noop"}, ErrNoMatch, `no matches for "snooze-0"`},
		{"a backslash, as typed", &Search{Words: []string{`\d"`}}, ErrNoMatch, `no matches for "\d""`},
		{"all but all", &Search{Words: []string{".*"}, Invert: true}, ErrNoMatch, `no matches for ".*"`},
		{"an executable without roles", &Search{Executable: "noop"}, ErrNoMatch, `no matches for executable "noop"`},
		{"a sub-role", &Search{Words: []string{`snooze-0\.child`}}, ErrNoMatch, `no matches for "snooze-0\.child"`},
		{"open bracket", &Search{Words: []string{"ok", "snooze-["}}, ErrUsage, "search \"snooze-[\" is not a regular expression: missing closing ]: `[`"},
		{"reaching out", &Search{Words: []string{"a)|(b"}}, ErrUsage, "search \"a)|(b\" is not a regular expression: unexpected ): `a)|(b`"},
		{"look ahead", &Search{Words: []string{"(?=a)"}}, ErrUsage, "search \"(?=a)\" is not a regular expression: invalid or unsupported Perl syntax: `(?=`"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.Search(tt.search)
			wantError(t, err, tt.kind, tt.want, h.Root())
		})
	}
}

func TestSearchOfAnEmptyHomeIsEmpty(t *testing.T) {
	roles, err := newTestHome(t, nil).Search(nil)
	if err != nil || len(roles) != 0 {
		t.Errorf("got %v, %v; want no roles, no error", roles, err)
	}
}

func TestSearchString(t *testing.T) {
	for want, s := range map[string]*Search{"(all)": nil, "a b": {Words: []string{"a", "b"}}} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
