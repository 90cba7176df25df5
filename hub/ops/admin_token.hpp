#pragma once
// The first administrator's way in: whoever may write to a hub's machine and its Redis makes a
// token for the person `admin`.

#include <filesystem>
#include <string>

#include "hub/ops/config.hpp"
#include "hub/ops/log_lines.hpp"

namespace tocsin::ops {

// 32 random bytes in base64url, without padding: 43 characters.
std::string make_token();

// Sees to it that there is a person `admin` with that role, gives it a new device, and writes the
// device's token to the file (mode 0600, whole or not at all). Beside running hubs too. Says how
// the process should end (exit_code.hpp).
int write_admin_token(const Config& config, const std::filesystem::path& file, LogLines& log);

}  // namespace tocsin::ops
