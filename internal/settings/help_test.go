package settings

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// The pages in testdata are what a user sees. UPDATE=1 writes them anew.
func TestHelp(t *testing.T) {
	robot := &pb.Robot{
		Seconds: 2, Mode: pb.Mode_MODE_FAST, Tags: []string{"a", "b c"}, Token: "hunter2",
		Limits: &pb.Limits{MaxSize: 3, PinCode: "hunter2"}, Pause: durationpb.New(1500e6),
	}
	tests := []struct {
		file string
		m    proto.Message
		o    *HelpOptions
	}{
		{"robot-settings.txt", robot, &HelpOptions{Program: "robot"}},
		{"robot-input.txt", robot, &HelpOptions{Program: "robot", Input: true}},
		{"every.txt", &pb.Every{AString: "a  b", AMode: 9}, nil},
		{"number-input.txt", wrapperspb.UInt32(5), &HelpOptions{Input: true}},
		{"none.txt", &emptypb.Empty{}, nil},
		{"secrets.txt", &pb.Vault{Word: "hunter2"}, &HelpOptions{Program: "vault"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got := Help(tt.m, tt.o)
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile("testdata/"+tt.file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile("testdata/" + tt.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("the page tells a secret")
			}
			for line := range strings.Lines(got) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > helpWidth {
					t.Errorf("line of %d columns: %s", n, line)
				}
			}
		})
	}
}
