package cli

import "github.com/spf13/cobra"

// commands returns the sub-commands, in the order of the story they tell. Help
// sorts them by name.
func commands(e *env) []*cobra.Command {
	return []*cobra.Command{
		createCommand(e),
		addCommand(e),
		importCommand(e),
		updateCommand(e),
		deleteCommand(e),
		listCommand(e),
		destroyCommand(e),
		runCommand(e),
		startCommand(e),
		stopCommand(e),
		restartCommand(e),
		statusCommand(e),
		waitCommand(e),
		inputCommand(e),
		settingsCommand(e),
		getCommand(e),
		setCommand(e),
		editCommand(e),
		folderCommand(e),
		deployCommand(e),
		snapshotCommand(e),
		logCommand(e),
		historyCommand(e),
		returnedCommand(e),
		scheduleCommand(e),
		doctorCommand(e),
		completionCommand(e),
		pagesCommand(),
	}
}
