#include "hub/ops/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tocsin::ops {

namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

// The number in the file, or empty where there is none.
std::string holder_of(int descriptor) {
    std::array<char, 16> text{};
    const ssize_t length = pread(descriptor, text.data(), text.size(), 0);
    std::string number;
    for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; ++i) {
        number += text[i];
    }
    return number;
}

}  // namespace

std::expected<LockFile, std::string> LockFile::take(const std::filesystem::path& path) {
    std::error_code error;
    if (path.has_parent_path()) {
        std::filesystem::create_directories(path.parent_path(), error);
    }
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return std::unexpected("cannot open the lock file " + path.string() + ": " + reason(errno));
    }
    LockFile lock(descriptor);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return std::unexpected("cannot lock " + path.string() + ": " + reason(errno));
        }
        const std::string holder = holder_of(descriptor);
        return std::unexpected("another hub runs here" +
                               (holder.empty() ? "" : " (process " + holder + ")") +
                               ": it holds the lock file " + path.string() +
                               "; stop it first, or give this one a lock_file of its own");
    }
    const std::string number = std::to_string(getpid()) + "\n";
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, number.data(), number.size(), 0) !=
                                             static_cast<ssize_t>(number.size())) {
        return std::unexpected("cannot write the lock file " + path.string() + ": " +
                               reason(errno));
    }
    return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

LockFile::~LockFile() {
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

}  // namespace tocsin::ops
