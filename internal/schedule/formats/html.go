package formats

import (
	"io"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func HTML(w io.Writer, r *schedulepb.Report) error { return nil }
