// Package graph orders things that need each other.
//
//	g := graph.New()
//	g.Add("build")
//	g.Add("test", "build")  // test needs build
//	order, err := g.Order() // build, test
//
// A vertex has an id, the ids of the vertices that it needs, and if wanted tags
// and a value. An arrow a -> b in errors reads "a needs b". [Graph.Add] and
// [Graph.Update] refuse what cannot be ordered; [Graph.Put] takes everything, and
// [Graph.Check] says afterwards all that is wrong with it.
//
// Everything takes time and memory in proportion to vertices and edges, where it
// does not say otherwise, and the result depends on nothing but the order in
// which vertices were added. A hundred thousand vertices are built, checked and
// ordered in a part of a second.
//
// A Graph starts no goroutine. Any number of goroutines may read one, or one
// alone change it.
package graph
