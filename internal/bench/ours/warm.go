package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

// payload makes a message of 100 bytes.
const payload = 98

// large is 100 MB.
const large = 100_000_000

var answer = actor.KindOf[*wrapperspb.BytesValue]()

// meter is an object of this process that measures with its children.
var meter = actor.Define("meter", func(self *actor.Context, _, _ *lifecycle.None) (*wrapperspb.DoubleValue, error) {
	defer self.AutoStop()
	figure, err := measuring(self)
	return wrapperspb.Double(figure), err
})

// measuring is what the meter does: one thing a run of the program.
var measuring func(self *actor.Context) (float64, error)

func metered(ctx context.Context, f func(self *actor.Context) (float64, error)) (float64, error) {
	measuring = f
	figure, err := meter.Call(ctx, nil, actor.InProcess())
	return figure.GetValue(), err
}

// warm measures with a child that runs and has answered once.
func warm(f func(self *actor.Context, echo *actor.PID) (float64, error)) func(context.Context) (float64, error) {
	return func(ctx context.Context) (float64, error) {
		return metered(ctx, func(self *actor.Context) (float64, error) {
			echo := self.Process("echo", nil, actor.Processors(1))
			if _, err := exchange(self, echo, 500); err != nil {
				return 0, err
			}
			return f(self, echo)
		})
	}
}

// exchange sends and waits for the answer, n times, and gives how long it took.
func exchange(self *actor.Context, echo *actor.PID, n int) (time.Duration, error) {
	m := wrapperspb.Bytes(make([]byte, payload))
	begun := time.Now()
	for range n {
		if err := self.Send(echo, m); err != nil {
			return 0, err
		}
		if _, err := self.Select(answer); err != nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

func pingPong(self *actor.Context, echo *actor.PID) (float64, error) {
	took, err := exchange(self, echo, roundTrips)
	return roundTrips / took.Seconds(), err
}

// oneWay sends without waiting; the child answers a number with how many
// messages it has counted.
func oneWay(self *actor.Context, echo *actor.PID) (float64, error) {
	m := wrapperspb.String(string(make([]byte, payload)))
	begun := time.Now()
	for range messages {
		if err := self.Send(echo, m); err != nil {
			return 0, err
		}
	}
	got, err := actor.Request[*wrapperspb.UInt64Value](self, echo, wrapperspb.UInt64(0))
	if err == nil && got.GetValue() != messages {
		err = fmt.Errorf("%d of %d messages have come", got.GetValue(), messages)
	}
	return messages / time.Since(begun).Seconds(), err
}

// value sends 100 MB to a warm child and waits until it has them. The first
// times are not measured: as the first raw copy, they touch fresh memory.
func value(ctx context.Context) (float64, error) {
	return warm(func(self *actor.Context, echo *actor.PID) (float64, error) {
		m := wrapperspb.Bytes(bytes.Repeat([]byte("0123456789"), large/10))
		figures := make([]float64, 0, values)
		for range 2 + values {
			took, err := sendLarge(self, echo, m)
			if err != nil {
				return 0, err
			}
			figures = append(figures, large/1e6/took.Seconds())
		}
		return median(figures[2:]), nil
	})(ctx)
}

func sendLarge(self *actor.Context, echo *actor.PID, m *wrapperspb.BytesValue) (time.Duration, error) {
	begun := time.Now()
	got, err := actor.Request[*wrapperspb.UInt64Value](self, echo, m)
	if err == nil && got.GetValue() != large {
		err = fmt.Errorf("%d of %d bytes have come", got.GetValue(), large)
	}
	return time.Since(begun), err
}

// meanwhile asks another object of the child small questions while the first
// gets 100 MB, and gives the time of the slowest answer.
func meanwhile(ctx context.Context) (float64, error) {
	return warm(func(self *actor.Context, echo *actor.PID) (float64, error) {
		m := wrapperspb.Bytes(bytes.Repeat([]byte("0123456789"), large/10))
		other, err := actor.Request[*actor.PID](self, echo, &lifecycle.Discover{})
		if err != nil {
			return 0, err
		}
		sent := make(chan error, 1)
		go func() {
			_, err := actor.Request[*wrapperspb.UInt64Value](self, echo, m)
			sent <- err
		}()
		var slowest time.Duration
		for {
			begun := time.Now()
			if _, err := actor.Request[*wrapperspb.UInt64Value](self, other, wrapperspb.UInt64(1)); err != nil {
				return 0, err
			}
			slowest = max(slowest, time.Since(begun))
			select {
			case err := <-sent:
				return ms(slowest), err
			default:
			}
		}
	})(ctx)
}

// death kills a child and waits for its Completed.
func death(ctx context.Context) (float64, error) {
	return killed(ctx, func(self *actor.Context, echo *actor.PID) error {
		_, err := self.Select(actor.KindOf[*lifecycle.Completed]().From(echo))
		return err
	})
}

// failing kills a child that 100 requests wait for.
func failing(ctx context.Context) (float64, error) {
	return killed(ctx, func(self *actor.Context, echo *actor.PID) error {
		var waiting sync.WaitGroup
		for range 100 {
			waiting.Go(func() { _, _ = actor.Request[*lifecycle.Ack](self, echo, &lifecycle.Ping{}) })
		}
		waiting.Wait()
		return nil
	})
}

func killed(ctx context.Context, wait func(self *actor.Context, echo *actor.PID) error) (float64, error) {
	return metered(ctx, func(self *actor.Context) (float64, error) {
		figures := make([]float64, 0, deaths)
		for range deaths {
			echo := self.Process("echo", nil)
			pid, err := actor.Request[*wrapperspb.UInt64Value](self, echo, &lifecycle.Enquiry{})
			if err != nil {
				return 0, err
			}
			begun := time.Now()
			if err := syscall.Kill(int(pid.GetValue()), syscall.SIGKILL); err != nil {
				return 0, err
			}
			if err := wait(self, echo); err != nil {
				return 0, err
			}
			figures = append(figures, ms(time.Since(begun)))
		}
		return median(figures), nil
	})
}
