//! Makes an empty database of the current schema: what the `query!` macros check against when queries change.
//! See `docs/decisions/0002-checked-sql.md`.

use std::path::Path;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: schema FILE")?;
    let store = confab_store::Store::open(Path::new(&path)).await?;
    store.close().await;
    Ok(())
}
