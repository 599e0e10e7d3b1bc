//! `cargo xtask`: everything a developer types. Each command is one module; what tests need too is in `confab-testkit`.

#[cfg(unix)]
mod agent;
#[cfg(unix)]
mod bench;
#[cfg(target_os = "linux")]
mod demo;
mod deny;
mod generate;
mod package;
mod root;
#[cfg(target_os = "linux")]
mod screens;
#[cfg(unix)]
mod server;
mod setup;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Developer commands of Confab", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find what is missing on this machine and install it
    Setup {
        /// Install without asking
        #[arg(long)]
        yes: bool,
    },
    /// Run a local XMPP server with throw-away data until Ctrl-C
    #[cfg(unix)]
    Server(server::Options),
    /// Measure beside a peer in the same run; prints a table and writes target/bench/NAME.json
    #[cfg(unix)]
    Bench(bench::Options),
    /// Write a history of years into a data folder: messages, groups, files, in English and Chinese
    Generate(generate::Options),
    /// Build installable packages (.deb and .rpm on Linux)
    Package,
    /// Two people, two windows, a chat and a video call over a local server
    #[cfg(target_os = "linux")]
    Demo(demo::Options),
    /// Pictures of every screen, in the languages asked for, both themes and three widths, in target/screens/
    #[cfg(target_os = "linux")]
    Screens(screens::Options),
    /// Check and test everything; the last line is the sum
    Test(test::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Package => package::run(),
        Command::Generate(options) => generate::run(&options),
        Command::Setup { yes } => setup::run(yes),
        #[cfg(unix)]
        Command::Bench(options) => bench::run(&options),
        #[cfg(unix)]
        Command::Server(options) => server::run(&options),
        #[cfg(target_os = "linux")]
        Command::Demo(options) => demo::run(&options),
        #[cfg(target_os = "linux")]
        Command::Screens(options) => screens::run(&options),
        // Its last line is the sum, also when something failed.
        Command::Test(options) => return test::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e:#}");
            ExitCode::FAILURE
        }
    }
}
