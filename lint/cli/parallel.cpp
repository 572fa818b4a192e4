#include "lint/cli/parallel.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace relaylint::cli {
namespace {

using Clock = std::chrono::steady_clock;

class Progress {
 public:
  Progress(std::size_t count, bool wanted) : count_(count), shown_(wanted && isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (drawn_) fmt::print(stderr, "\r\x1b[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void done_with_one() {
    const std::size_t done = ++done_;
    if (!shown_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (now - started_ < std::chrono::seconds(1) || now - last_drawn_ < std::chrono::milliseconds(100)) return;
    fmt::print(stderr, "\r{} of {} configurations", done, count_);
    std::fflush(stderr);
    last_drawn_ = now;
    drawn_ = true;
  }

 private:
  std::size_t count_;
  bool shown_;
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_{};
  Clock::time_point started_ = Clock::now();
  Clock::time_point last_drawn_{};
  bool drawn_ = false;
};

}  // namespace

void in_parallel(std::size_t count, unsigned threads, bool show_progress,
                 const std::function<void(std::size_t)>& work) {
  Progress progress(count, show_progress);
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
      progress.done_with_one();
    }
  };
  const std::size_t wanted = threads == 0 ? std::max(1U, std::thread::hardware_concurrency()) : threads;
  std::vector<std::thread> pool;
  for (std::size_t i = 1; i < std::min(wanted, count); ++i) pool.emplace_back(take_turns);
  take_turns();
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace relaylint::cli
