// Package options holds what a program says about its settings and its input
// in their .proto files:
//
//	message SnoozeSettings {
//	  option (ansar.options.v1.about) = "snooze does nothing for some time";
//	  double seconds = 1 [(ansar.options.v1.help) = "how long, in seconds"];
//	  string token = 2 [(ansar.options.v1.secret) = true];
//	}
//
// They are read back with proto.GetExtension from the options of a field's or
// a message's descriptor. The package is generated code and this page.
package options
