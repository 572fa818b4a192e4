#include "lint/cli/inputs.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

#include "parsers/registry.hpp"

namespace relaylint::cli {
namespace {

std::string read_standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

/// NUL-separated where there is a NUL, else one a line.
std::vector<std::string> split_paths(std::string_view text) {
  const char separator = text.find('\0') != std::string_view::npos ? '\0' : '\n';
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    std::string_view path = text.substr(at, end - at);
    if (separator == '\n' && !path.empty() && path.back() == '\r') path.remove_suffix(1);
    if (!path.empty()) paths.emplace_back(path);
    at = end + 1;
  }
  return paths;
}

class InputFinder {
 public:
  InputFinder(const Options& options, FileReader& reader, Contexts& contexts, Tally& tally)
      : options_(options),
        reader_(reader),
        contexts_(contexts),
        tally_(tally),
        as_(options.as.empty() ? nullptr : find_format(options.as)) {}

  std::optional<std::vector<Input>> run() {
    if (!collect_paths() || !load_contexts()) return std::nullopt;
    take_files();
    if (std::find(paths_.begin(), paths_.end(), "-") != paths_.end()) take_standard_input();
    std::stable_sort(inputs_.begin(), inputs_.end(),
                     [](const Input& a, const Input& b) { return a.found.target.path < b.found.target.path; });
    return std::move(inputs_);
  }

 private:
  bool collect_paths() {
    paths_ = options_.paths;
    if (!options_.files_from.empty()) {
      std::string text;
      if (!read_list(text)) return false;
      for (std::string& path : split_paths(text)) paths_.push_back(std::move(path));
      return true;  // a list may be empty: nothing was changed, nothing is to be looked at
    }
    if (paths_.empty()) tally_.complain("no PATH given; relaylint --help lists the options");
    return !paths_.empty();
  }

  bool read_list(std::string& text) {
    if (options_.files_from == "-") {
      text = read_standard_input();
      return true;
    }
    const FileContent content = reader_.read(options_.files_from);
    if (content.bytes) {
      text = *content.bytes;
    } else {
      tally_.complain("--files-from: " + options_.files_from +
                      (content.error.empty() ? " is no file" : ": " + content.error));
    }
    return content.bytes != nullptr;
  }

  bool load_contexts() {
    std::vector<Error> errors;
    for (const std::string& path : paths_) contexts_of_paths_.push_back(contexts_.of(path, errors));
    for (const Error& error : errors) tally_.complain(error.message);
    return errors.empty();
  }

  void take_files() {
    std::vector<PathRequest> requests;
    std::vector<const Context*> contexts;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (paths_[i] == "-") continue;
      const Settings& settings = contexts_of_paths_[i]->settings;
      requests.push_back({paths_[i], settings.exclude, settings.directory});
      contexts.push_back(contexts_of_paths_[i]);
    }
    Discovery discovery = discover(requests, reader_, all_formats(), as_);
    for (const Error& error : discovery.errors) tally_.complain(error.message);
    for (const std::string& path : discovery.unrecognised) not_recognised(path);
    for (const std::string& path : discovery.empty) {
      if (!options_.quiet) Tally::say(path + ": no mail configuration found in it");
    }
    for (FoundTarget& found : discovery.targets) {
      const Context* context = contexts[found.request];
      inputs_.push_back({std::move(found), context});
    }
  }

  void take_standard_input() {
    const auto request = static_cast<std::size_t>(std::find(paths_.begin(), paths_.end(), "-") - paths_.begin());
    FoundTarget found;
    found.named = true;
    found.target.path = options_.stdin_filename.empty() ? "-" : options_.stdin_filename;
    found.target.bytes = std::make_shared<const std::string>(read_standard_input());
    if (!options_.stdin_filename.empty()) found.target.allowed.push_back(directory_of(options_.stdin_filename));
    const std::string_view head = std::string_view(*found.target.bytes).substr(0, kHeadBytes);
    found.target.format = as_ != nullptr ? as_ : detect_format(found.target.path, head, all_formats());
    if (found.target.format == nullptr) return not_recognised(found.target.path);
    inputs_.push_back({std::move(found), contexts_of_paths_[request]});
  }

  void not_recognised(const std::string& path) {
    if (options_.skip_unrecognised) return;
    Tally::say(path + ": no format recognises this file; --as FORMAT says what it is (see --list-formats)");
    tally_.undecided = true;
  }

  const Options& options_;
  FileReader& reader_;
  Contexts& contexts_;
  Tally& tally_;
  const Format* as_;
  std::vector<std::string> paths_{};
  std::vector<const Context*> contexts_of_paths_{};
  std::vector<Input> inputs_{};
};

}  // namespace

std::optional<std::vector<Input>> find_inputs(const Options& options, FileReader& reader, Contexts& contexts,
                                              Tally& tally) {
  return InputFinder(options, reader, contexts, tally).run();
}

}  // namespace relaylint::cli
