//! The process's memory kept to itself: no core dump, no debugger of another user, no swap where that is permitted.
//!
//! What is in it is wiped when it is given back (see the allocator in `main`); this keeps it from being copied out
//! while a call goes on.

/// Guards the memory of this process, as far as the system permits; what it does not is logged.
#[cfg(unix)]
pub fn guard() {
    use nix::sys::resource::{Resource, setrlimit};
    if let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        tracing::warn!("core dumps are not switched off: {error}");
    }
    #[cfg(target_os = "linux")]
    {
        use nix::sys::mman::{MlockAllFlags, mlockall};
        use nix::sys::resource::{RLIM_INFINITY, getrlimit};
        if let Err(error) = nix::sys::prctl::set_dumpable(false) {
            tracing::warn!("other programs of this user may read the memory: {error}");
        }
        let unlimited =
            getrlimit(Resource::RLIMIT_MEMLOCK).is_ok_and(|(soft, _)| soft == RLIM_INFINITY);
        // With a limit that is reached later, memory could not be had any more: better swap than that.
        if !unlimited && !may_lock() {
            return tracing::info!(
                "memory may be swapped; raise LimitMEMLOCK to infinity to lock it"
            );
        }
        /// Lock pages when they are first used, not before (Linux 4.4).
        const ON_FAULT: i32 = 4;
        let flags = MlockAllFlags::MCL_CURRENT
            | MlockAllFlags::MCL_FUTURE
            | MlockAllFlags::from_bits_retain(ON_FAULT);
        if let Err(error) = mlockall(flags) {
            tracing::info!("memory may be swapped, it cannot be locked: {error}");
        }
    }
}

/// Whether this process may lock any amount of memory (`CAP_IPC_LOCK`), which root in a container often may not.
#[cfg(target_os = "linux")]
fn may_lock() -> bool {
    const IPC_LOCK: u64 = 1 << 14;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    bits.is_some_and(|bits| bits & IPC_LOCK != 0)
}

/// Nothing can be done about it here.
#[cfg(not(unix))]
pub fn guard() {
    tracing::info!("memory may be swapped and dumped: this system is not known");
}
