package main

import (
	"slices"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// Names of entries that others are compared with.
const (
	floor     = "floor: spawn and reap"
	limit     = "limit: spawn and reap"
	floorTree = "floor: tree of 484"
	limitTree = "limit: tree of 484"
	floorPSS  = "floor: memory a process of the tree"
	pingPong  = "raw: round trips"
	oneWay    = "raw: one-way messages of 100 bytes"
	rawCopy   = "raw: copy of 100 MB"
	python    = "Python multiprocessing spawn: first value"
	goPlugin  = "hashicorp/go-plugin: launch to first call"
)

// spawns is how many processes make one figure of a quick command.
const spawns = 20

// entries lists what is measured, in the order of the table.
func entries(p *programs) []measure.Entry {
	return slices.Concat(baselines(p), raw(p), peers(p), ours(p))
}

// baselines are the programs that do nothing: the engine imported (the floor),
// and empty Go (the limit).
func baselines(p *programs) []measure.Entry {
	tree, treeLimit := p.path("floortree", "floor", "./tree"), p.path("limittree", "floor", "./treelimit")
	return []measure.Entry{
		{Name: limit, Unit: "ms", Measure: measure.Spawn(spawns, p.path("limit", "floor", "./limit")), Against: []measure.Bound{{Entry: floor}}},
		{Name: floor, Unit: "ms", Measure: measure.Spawn(spawns, p.path("floor", "floor", "./program")), Against: []measure.Bound{{Entry: limit}}},
		{Name: limitTree, Unit: "ms", Measure: measure.Spawn(1, treeLimit), Against: []measure.Bound{{Entry: floorTree}}, Rounds: 5},
		{Name: floorTree, Unit: "ms", Measure: measure.Spawn(1, tree), Against: []measure.Bound{{Entry: limitTree}}, Rounds: 5},
		{Name: "limit: memory a process of the tree", Unit: "MB PSS", Measure: measure.HeldPSS(484, treeLimit), Against: []measure.Bound{{Entry: floorPSS}}, Rounds: 3},
		{Name: floorPSS, Unit: "MB PSS", Measure: measure.HeldPSS(484, tree), Rounds: 3},
	}
}

// raw are two processes with nothing but a socketpair between them.
func raw(p *programs) []measure.Entry {
	program := p.path("raw", ".", "./raw")
	return []measure.Entry{
		{Name: pingPong, Unit: "/s", Measure: measure.Program(program, "pingpong")},
		{Name: oneWay, Unit: "/s", Measure: measure.Program(program, "oneway")},
		{Name: "raw: the same in batches of 64 KiB", Unit: "/s", Measure: measure.Program(program, "batched"), Against: []measure.Bound{{Entry: oneWay}}},
		{Name: rawCopy, Unit: "MB/s", Measure: measure.Program(program, "copy")},
	}
}

// peers are what others would use for a call in another process.
func peers(p *programs) []measure.Entry {
	against := []measure.Bound{{Entry: floor}}
	return []measure.Entry{
		{Name: python, Unit: "ms", Measure: measure.Program("python3", "peers/spawn.py"), Against: against},
		{Name: goPlugin, Unit: "ms", Measure: measure.Program(p.path("launch", "peers", "./launch"), p.path("plugin", "peers", "./plugin")), Against: against},
	}
}
