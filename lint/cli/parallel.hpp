#pragma once
// The only place with threads: a pool over the configurations of a run.

#include <cstddef>
#include <functional>

namespace relaylint::cli {

/// Calls `work(0)` … `work(count - 1)`, each once, on `threads` threads (0: as many as the machine has). Returns when
/// all are done; an exception of one is thrown on. With a terminal on standard error, work that takes more than a
/// second shows there how far it is, and leaves nothing behind.
void in_parallel(std::size_t count, unsigned threads, bool show_progress, const std::function<void(std::size_t)>& work);

}  // namespace relaylint::cli
