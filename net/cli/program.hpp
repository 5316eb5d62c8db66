#pragma once
// The program's command line: runs the subcommand of `portcullis`. Called once in a process, on the main thread.

namespace portcullis::cli {

/// Parses, runs and returns the exit status: 0 done, 1 failed, 2 wrong usage.
int run(int argc, char** argv);

}  // namespace portcullis::cli
