//! `cargo xtask generate`: a history to look at and to measure with, without a server.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::root;

/// Where to, and how much.
#[derive(clap::Args)]
pub struct Options {
    /// Data folder of the app or of an agent; made if it is missing, and must have no history yet
    folder: PathBuf,
    /// Messages in all; a tenth of them in the largest conversation
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// Conversations, one of seven a group
    #[arg(long, default_value_t = 2_000)]
    chats: u64,
    /// Another seed, another history
    #[arg(long, default_value_t = 20_261_121)]
    seed: u64,
}

/// Runs the command.
pub fn run(options: &Options) -> Result<()> {
    let program = program()?;
    write(&program, &options.folder, (options.messages, options.chats), options.seed)
}

/// Builds the program that writes histories, as quick as it can be, and returns its path. `CONFAB_HISTORY` names another one.
pub fn program() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CONFAB_HISTORY") {
        return Ok(path.into());
    }
    let mut build = root::cargo(&["build", "--release", "--package", "confab-store", "--example", "history"]);
    if !build.status().context("starting cargo")?.success() {
        bail!("the generator was not built");
    }
    Ok(root::target("release/examples").join(format!("history{}", std::env::consts::EXE_SUFFIX)))
}

/// Writes a history of so many messages and conversations as the core names it in a data folder.
pub fn write(program: &Path, folder: &Path, (messages, chats): (u64, u64), seed: u64) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut generate = std::process::Command::new(program);
    generate.arg("generate").arg(folder.join("history.sqlite"));
    generate.args(["--messages", &messages.to_string(), "--chats", &chats.to_string(), "--seed", &seed.to_string()]);
    if !generate.status().context("starting the generator")?.success() {
        bail!("no history was written");
    }
    Ok(())
}
