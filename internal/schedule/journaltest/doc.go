// Package journaltest checks what the journal of a run tells against the rules that
// hold for every run: no slot and no unit is held twice, nothing starts before its
// needs, nothing starts after an interrupt, and every job ends once.
//
// It knows events alone, not who wrote them, so it is for tests of everything that
// runs plans. The rules hold for every journal that ends anywhere, as one does whose
// writer was killed; [Story.Over] has those of one that has come to its end.
package journaltest
