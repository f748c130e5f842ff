// Package deploy brings a home up to date with folders, and writes such a
// folder from a home.
//
// What would change is found first, as a [Plan], and nothing is touched until it
// is complete. Two kinds of folder feed a home:
//
//	a build     <name>...                               to bin; nothing is removed there
//	a snapshot  settings-by-role/<role>.json            to the settings of the role
//	            setting-value-by-role/<role>/<field>    over the settings of the role
//	            input-by-role/<role>.json               to the input of the role
//	            model-by-role/<role>/...                to the model of the role
//	            resource-by-executable/<executable>/... to the resources of the executable
//
// Folders of a snapshot are mirrored: what they do not have is removed in the
// home. A role whose folder or file is not there is left as it is.
//
// A file is the same where size, mode and time agree, or else the content. It is
// replaced as a whole: who reads it, or looks after a kill, finds the old or the
// new one. What was replaced is kept until the caller is content, so that it can
// be put back.
//
// The package knows neither processes nor flags: what stops and starts roles, and
// what checks their settings, is given to it.
package deploy
