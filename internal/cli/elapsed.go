package cli

import (
	"fmt"
	"time"
)

// elapsed writes a span for people who look at lists: days and hours, or hours
// and minutes, or minutes and seconds to a tenth that has passed.
func elapsed(d time.Duration) string {
	d = max(d, 0)
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	tenths := d % time.Minute / (100 * time.Millisecond)
	seconds := fmt.Sprintf("%d.%ds", tenths/10, tenths%10)
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%dd%dh", days, hours)
	case days > 0:
		return fmt.Sprintf("%dd", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%dh%dm", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%dh", hours)
	case minutes > 0:
		return fmt.Sprintf("%dm%s", minutes, seconds)
	}
	return seconds
}
