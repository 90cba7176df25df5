#pragma once
// Held while a hub runs. With SO_REUSEPORT alone a second hub on the same port would start without
// a word and take half of the connections; this says no first.

#include <expected>
#include <filesystem>
#include <string>

namespace tocsin::ops {

class LockFile {
public:
    // Makes the file (and the folders above it) where it does not exist, locks it and writes this
    // process's number into it. An error is one line for people; it names the process that holds
    // the lock. The lock ends with the object or the process, however that dies; the file stays.
    static std::expected<LockFile, std::string> take(const std::filesystem::path& path);

    LockFile(LockFile&& other) noexcept;
    LockFile& operator=(LockFile&& other) noexcept;
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    ~LockFile();

private:
    explicit LockFile(int descriptor) : descriptor_(descriptor) {}

    int descriptor_ = -1;
};

}  // namespace tocsin::ops
