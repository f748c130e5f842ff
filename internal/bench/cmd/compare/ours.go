package main

import "github.com/ansar-go/ansar/internal/bench/measure"

// ours are this project's calls, messages and trees against the floor, the
// limit, raw sockets and the peers.
func ours(p *programs) []measure.Entry {
	program := p.path("ours", ".", "./ours")
	noop := p.path("noop", "../..", "./examples/noop/main")
	ansar := p.path("ansar", "../..", "./cmd/ansar")
	p.path("busy", "../..", "./examples/busy/main")
	p.path("zombie", "../..", "./examples/zombie/main")
	p.path("server", "../..", "./examples/server/main")
	p.path("client", "../..", "./examples/client/main")
	p.path("echo", ".", "./ours/echo")
	p.path("chain", ".", "./ours/chain")
	mode := func(name string) measure.Func { return measure.Program(program, name) }
	const reference = "clients: what the reference prints, elsewhere"
	const cold = "cold call: noop from Go, typed"
	return []measure.Entry{
		{Name: cold, Unit: "ms", Measure: mode("cold"), Against: []measure.Bound{
			{Entry: floor, AtMost: 1.6}, {Entry: limit}, {Entry: python}, {Entry: goPlugin},
		}},
		{Name: "noop run by hand", Unit: "ms", Measure: measure.Spawn(spawns, noop), Against: []measure.Bound{{Entry: floor}}},
		{Name: "chain of 100, a level", Unit: "ms", Measure: mode("chain"), Against: []measure.Bound{{Entry: floor, AtMost: 1.6}}, Rounds: 5},
		{Name: "busy tree of 484", Unit: "ms", Measure: mode("tree"), Against: []measure.Bound{{Entry: floorTree, AtMost: 1.5}, {Entry: limitTree}}, Rounds: 5},
		{Name: "warm child of one processor: round trips", Unit: "/s", Measure: mode("roundtrips"), Against: []measure.Bound{{Entry: pingPong, AtLeast: 0.5}}},
		{Name: "warm child of one processor: one-way messages of 100 bytes", Unit: "/s", Measure: mode("oneway"), Against: []measure.Bound{{Entry: oneWay, AtLeast: 1}}},
		{Name: "value of 100 MB", Unit: "MB/s", Measure: mode("value"), Against: []measure.Bound{{Entry: rawCopy, AtLeast: 0.25}}},
		{Name: "slowest answer of its process meanwhile", Unit: "ms", Measure: mode("meanwhile")},
		{Name: "SIGKILL of a child to its Completed", Unit: "ms", Measure: mode("death")},
		{Name: "SIGKILL to the last of 100 failed requests", Unit: "ms", Measure: mode("failing")},
		{Name: "memory a process of the busy tree", Unit: "MB PSS", Measure: mode("treememory"), Against: []measure.Bound{{Entry: floorPSS}}, Rounds: 3},
		{Name: "memory of an idle component", Unit: "MB PSS", Measure: mode("idlememory"), Rounds: 3},
		{Name: "ansar run noop-0, start to exit", Unit: "ms", Measure: runRole(ansar, p.folder), Against: []measure.Bound{{Entry: floor}}},
		{Name: reference, Unit: "ms", Measure: clientsOfReference},
		{Name: "clients: 41 test one server under ansar run", Unit: "ms", Measure: runClients(ansar, p.folder), Against: []measure.Bound{
			{Entry: reference, AtMost: 0.5}, {Entry: floor},
		}},
	}
}
