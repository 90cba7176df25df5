#pragma once
// How a hub's process ends; scripts and service managers tell the cases apart.

namespace tocsin::ops {

enum ExitCode : int {
    kExitDone = 0,     // stopped in order, or did what it was asked once
    kExitFailed = 1,   // a step of the stop took too long, or the store refused what was asked once
    kExitRefused = 2,  // arguments, configuration, lock, port, or a Redis that does not keep P1
    kExitRedisAway = 3,  // Redis could not be reached in time
};

}  // namespace tocsin::ops
