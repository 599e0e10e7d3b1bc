//! The desktop app.

// No console window beside the app on Windows, except while developing.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    confab_shell::run()
}
