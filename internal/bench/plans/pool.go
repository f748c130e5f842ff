package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

// payload makes a message of 100 bytes.
const payload = 98

var echo = actor.Define("echo", func(_ *actor.Context, _ *lifecycle.None, in *wrapperspb.BytesValue) (*wrapperspb.BytesValue, error) {
	return in, nil
})

// pool calls two warm workers for a second.
func pool(ctx context.Context) (float64, error) {
	p := echo.Pool(ctx, actor.Size(2))
	defer p.Close()
	in := wrapperspb.Bytes(make([]byte, payload))
	inputs := func(yield func(*wrapperspb.BytesValue) bool) {
		for yield(in) {
		}
	}
	warmed, count := 0, 0
	var begun time.Time
	for r := range p.Map(ctx, inputs) {
		if r.Err != nil {
			return 0, fmt.Errorf("call %d: %w", r.Index, r.Err)
		}
		if warmed < 1000 {
			warmed++
			begun = time.Now()
			continue
		}
		count++
		if count%1000 == 0 && time.Since(begun) > time.Second {
			break
		}
	}
	return float64(count) / time.Since(begun).Seconds(), nil
}
