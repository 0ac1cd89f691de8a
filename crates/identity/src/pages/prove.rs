//! Proving again who one is: the page is webkit's, the proof is asked here.

use axum::{extract::State, response::Response};
use webkit::{Access, Answer, App, Caller, Form, PROVE, Page, ProvePage, Routes, page, see_other};

use super::{
    Token, again,
    factors::{browser_answer, question},
    mendable,
};
use crate::service::{
    factors::passkeys,
    prove::{self, Proof},
};

pub(crate) fn routes() -> Routes {
    Routes::new().post(PROVE, Access::SignedIn, prove_again).post("/prove/options", Access::SignedIn, options)
}

async fn prove_again(State(app): State<App>, it: Page, Token(token): Token, Form(form): Form) -> Answer {
    let proof =
        if form.has("credential") { Proof::Passkey(browser_answer(&form)) } else { Proof::Typed(form.raw("password")) };
    let done = prove::again(&it.ctx, &app, &token, proof).await;
    let Some(shown) = ProvePage::of(it.shell, &form) else { return Ok(see_other("/me")) };
    match done {
        Ok(()) => page(&ProvePage { proven: true, ..shown }),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&ProvePage { faults, ..shown }))
        }
    }
}

async fn options(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer<Response> {
    question(passkeys::question_for(&ctx, &app, ctx.person()?).await)
}
