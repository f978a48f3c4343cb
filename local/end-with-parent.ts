const SCRIPT = `process.stdin.on('close', () => process.exit(0)).resume();`;

/**
 * Flags for a Node child process whose standard input is a pipe from this process: it ends when the pipe closes, so that
 * nothing is left behind even when this process is killed and cannot clean up.
 */
export const END_WITH_PARENT: readonly string[] = ['--import', `data:text/javascript,${encodeURIComponent(SCRIPT)}`];
