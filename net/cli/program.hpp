#pragma once
// The program's command line: what a word after `portcullis` does. One call a process, on the main thread.

namespace portcullis::cli {

/// Parses, runs and answers the exit status: 0 done, 1 failed, 2 wrong usage.
int run(int argc, char** argv);

}  // namespace portcullis::cli
