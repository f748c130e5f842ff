// Package planfile reads plans that people write, as YAML or as JSON.
//
//	file, err := planfile.Read("plan.yaml")
//	fmt.Println(file.Path, file.Where("jobs[3].timeout")) // the line of it
//
// The text becomes a tree of plain values first, and a message then, by the
// descriptors of the message: so every error names file, line and field, and
// the input of a call is read by the same rules as the plan around it. On top
// of the rules of protobuf JSON these hold:
//
//	timeout: 5m               a span of time: 5m, 60s, 1h30m, 1.5s, 250ms; a bare number is seconds
//	isolation: in-process     an enum by its word, with - or _, in any case
//	host-wide: true           a field with - instead of _
//	id: 7                     a number where a text is meant: the text as written
//
// These messages have a short form, where one field says it all:
//
//	needs: [build]            {job: build}
//	resources: [board-a]      {name: board-a}, for demands, resources and units
//	command: [make, x]        {argv: [make, x]}
//	command: make x | tee y   {argv: [sh, -c, make x | tee y]}
//	call: blink-test          {executable: blink-test}
//	role: server-0            {name: server-0}
//	repeat: 3                 {count: 3}
//	backoff: 5s               {delay: 5s}
//	fingerprint: [src/*.c]    {files: [src/*.c]}
//	expected: [wlan-*]        {job: wlan-*}
//
// YAML may use anchors, aliases and merge keys, up to a bound. A whole number
// in a free tree, such as the input of a call, that a float cannot hold is kept
// as a text, which fields of 64 bits take.
//
// [Write] writes a plan as JSON that [Read] reads, and [Schema] a JSON Schema of
// plans for editors. The package starts no goroutine and holds no state.
package planfile
