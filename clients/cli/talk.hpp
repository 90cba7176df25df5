#pragma once
// A conversation with the hub for the commands that ask something and end, and how a command ends.

#include <expected>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tocsin/client.hpp"

namespace tocsin::cli {

namespace wire = tocsin::v1;

// What the program returns.
enum Exit : int { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

// The options of every command.
struct Globals {
    std::string hub = "http://127.0.0.1:8080";
    std::string token_file;
    std::string ca_file;
    double timeout_s = 15;
};

// Wrong usage that only shows when the command runs: a file that cannot be read.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Throws UsageError where the token file cannot be used, client::BadOptions where the address
// cannot.
client::ClientOptions client_options(const Globals& globals);

// Says on both outputs how the session ended by itself, and returns the exit code for it.
int tell_end(const client::Closed& closed, const Globals& globals);

class Talk {
public:
    explicit Talk(const Globals& globals);
    ~Talk();

    client::Client& client() { return client_; }

    // The next Heard, Stored, IncidentSeen or StatsSeen. Waits as long as there is progress at
    // least every
    // --timeout seconds, through reconnects; what goes wrong on the way is said on standard error.
    // Nothing: it is over. A refusal was printed then, and exit_code() tells.
    std::optional<client::Happening> next();
    int exit_code() const { return exit_code_; }
    // The command or incident that was refused; empty where none was.
    const std::string& refused_id() const { return refused_id_; }

private:
    int refuse(const client::Refused& refused);
    int give_up();
    void say_trouble(const std::string& words);

    Globals globals_;
    client::Client client_;
    client::Millis patience_;
    bool was_welcomed_ = false;
    std::string last_trouble_;
    std::optional<wire::Refusal> postponed_;
    std::string refused_id_;
    int exit_code_ = kDone;
};

// Submits one command and waits for its receipt. Without one it returns the exit code, all being
// said.
std::expected<wire::Receipt, int> submit(const Globals& globals, wire::Command command);

// Submits one command and prints its receipt. Returns the exit code.
int submit_and_print(const Globals& globals, wire::Command command);

// The present state of the channels (empty: all that the token may see), the pages laid end to end.
std::expected<std::vector<wire::Event>, int> snapshot(Talk& talk,
                                                      const std::vector<std::string>& channels);

}  // namespace tocsin::cli
