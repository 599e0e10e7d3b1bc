//! Wakes a thread that is blocked in a driver.
//!
//! nokhwa waits in `poll(2)` without a time limit. A signal that does nothing ends that wait with `EINTR`, nokhwa
//! returns an error, and the thread can release the camera. Windows and macOS have no such means; there a stalled
//! capture keeps its thread until the driver returns.

#[cfg(target_os = "linux")]
pub(super) use linux::kick;

#[cfg(target_os = "linux")]
mod linux {
    use std::{os::unix::thread::JoinHandleExt, ptr, sync::OnceLock, thread::JoinHandle};

    /// A real-time signal that neither glibc (the first two) nor the usual runtimes use.
    fn signal() -> i32 {
        libc::SIGRTMIN() + 7
    }

    extern "C" fn nothing(_: i32) {}

    /// Installs the empty handler once. False if the signal has another owner.
    fn install() -> bool {
        static INSTALLED: OnceLock<bool> = OnceLock::new();
        *INSTALLED.get_or_init(|| {
            // SAFETY: both structures are plain data for which zero is valid; the handler does nothing at all, so
            // it is safe at any time. Without SA_RESTART, although poll(2) is never restarted anyway.
            unsafe {
                let mut old: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(signal(), ptr::null(), &mut old) != 0 || old.sa_sigaction != libc::SIG_DFL {
                    return false;
                }
                let mut new: libc::sigaction = std::mem::zeroed();
                new.sa_sigaction = nothing as *const () as usize;
                libc::sigaction(signal(), &new, ptr::null_mut()) == 0
            }
        })
    }

    /// Interrupts a blocking call of the thread, if it is in one.
    pub(in super::super) fn kick(thread: &JoinHandle<()>) {
        if install() {
            // SAFETY: the handle was neither joined nor dropped, so the thread id is valid.
            unsafe { libc::pthread_kill(thread.as_pthread_t(), signal()) };
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn kick(_: &std::thread::JoinHandle<()>) {}
