// Ctrl-C: the first one asks the command to stop cleanly, the second kills.
#ifndef TENON_CLI_INTERRUPT_H_
#define TENON_CLI_INTERRUPT_H_

#include <atomic>

namespace tenon::cli {

// From here on Ctrl-C sets the flag that is returned.  It lives as long as
// the program.
const std::atomic<bool>* CatchInterrupts();

}  // namespace tenon::cli

#endif  // TENON_CLI_INTERRUPT_H_
