mod files;
mod hostile;
mod player;
mod recorder;
mod stage;
mod system;
