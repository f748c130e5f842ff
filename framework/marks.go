package framework

import "os"

// Variables that whatever a component starts inherits. They tell ansar doctor
// which processes of a role are left when nobody answers for them.
const (
	homeVariable = "ANSAR_HOME"
	roleVariable = "ANSAR_ROLE"
)

// mark has everything that this process starts say whose it is. Sub-roles are
// below their role, and say that.
func (pt *part) mark() error {
	if err := os.Setenv(homeVariable, pt.home.Root()); err != nil {
		return err
	}
	return os.Setenv(roleVariable, pt.role)
}
