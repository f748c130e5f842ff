// Package client is a program that tests another one: it asks a server for
// three words and reports what it got.
package client

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func client(self *actor.Context, settings *lifecycle.HostPort, _ *lifecycle.None) (*lifecycle.TestReport, error) {
	address := net.JoinHostPort(settings.GetHost(), strconv.Itoa(int(settings.GetPort())))
	conn, err := new(net.Dialer).DialContext(self, "tcp", address)
	if errors.Is(err, syscall.ECONNREFUSED) {
		self.Warning("Session error - %q", err)
		return nil, &lifecycle.Maybe{Condition: "no server", Explanation: err.Error()} // the property retry decides what to do
	}
	if err == nil {
		defer conn.Close()
		defer context.AfterFunc(self, func() { conn.Close() })() // ends a read
		err = test(self, conn)
	}
	if err != nil && self.Err() != nil {
		return nil, err // stopped
	}
	if err != nil {
		self.Test(false, "Session error - %q", err)
	}
	return self.TestReport(), nil
}

func test(self *actor.Context, conn net.Conn) error {
	lines := bufio.NewReader(conn)

	reply, err := ask(conn, lines, "fervent")
	if err != nil {
		return err
	}
	self.Test(reply == "eager", `Expected "eager" for "fervent", got %q`, reply)

	if reply, err = ask(conn, lines, "explain"); err != nil {
		return err
	}
	self.Test(reply == "define", `Expected "define" for "explain", got %q`, reply)

	if reply, err = ask(conn, lines, "fly"); err != nil {
		return err
	}
	self.Test(reply == "droll", `Expected "droll" for "fly", got %q`, reply)
	return nil
}

// ask sends a word and waits for the answer.
func ask(conn net.Conn, lines *bufio.Reader, word string) (string, error) {
	if _, err := conn.Write([]byte(word + "\n")); err != nil {
		return "", err
	}
	reply, err := lines.ReadString('\n')
	return strings.TrimSuffix(reply, "\n"), err
}

// Client tests the server on port 65432 of this machine, unless its settings
// say otherwise.
var Client = actor.Define("client", client).DefaultSettings(&lifecycle.HostPort{Host: "127.0.0.1", Port: 65432})

// Main is the program.
func Main() { framework.CreateObject(Client) }
