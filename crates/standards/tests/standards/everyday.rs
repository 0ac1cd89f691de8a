//! What people write into forms every day: plates, cards, accounts, postcodes, telephones, mail addresses.

use standards::{BankAccount, BankCard, CodeError, Email, Landline, Postcode, VehiclePlate};

/// What was typed, and how it is kept; `None`: refused.
type Table<'a> = &'a [(&'a str, Option<&'a str>)];

fn holds<T: std::fmt::Display>(table: Table<'_>, parse: fn(&str) -> Result<T, CodeError>) {
    for (typed, kept) in table {
        match (parse(typed), kept) {
            (Ok(it), Some(kept)) => {
                assert_eq!(it.to_string(), *kept, "{typed}");
                assert_eq!(parse(kept).unwrap().to_string(), *kept, "the canonical spelling reads as itself");
            }
            (Err(error), None) => assert!(!error.message().is_empty(), "{typed}"),
            (Ok(it), None) => panic!("{typed} is taken as {it}"),
            (Err(error), Some(_)) => panic!("{typed}: {}", error.message()),
        }
    }
}

#[test]
fn plates_are_ordinary_or_of_new_energy() {
    holds(
        &[
            ("", None),
            ("皖S1234", None),
            ("S12345", None),
            ("宛S12345", None),
            ("皖I12345", None),
            ("皖SI2345", None),
            ("皖S1234O", None),
            ("皖S学2345", None),
            ("皖S123456", None),
            ("皖SL12345", None),
            ("皖SD1234A", None),
            ("皖S12345", Some("皖S12345")),
            ("皖s·1a234", Some("皖S1A234")),
            ("皖 S．12345", Some("皖S12345")),
            ("皖S1234学", Some("皖S1234学")),
            ("粤Z1234港", Some("粤Z1234港")),
            ("皖SD12345", Some("皖SD12345")),
            ("皖SFA1234", Some("皖SFA1234")),
            ("皖S12345D", Some("皖S12345D")),
        ],
        VehiclePlate::parse,
    );
}

#[test]
fn a_card_has_a_right_check_digit_and_an_account_only_its_form() {
    holds(
        &[
            ("", None),
            ("62220210011", None),
            ("6222021001116245703", None),
            ("62220210011162457021", None),
            ("6222O21001116245702", None),
            ("79927398713", None),
            ("6222021001116245702", Some("6222021001116245702")),
            ("6222 0210 0111 6245 702", Some("6222021001116245702")),
            ("６２２２0210-0111-6245-702", Some("6222021001116245702")),
            ("4111111111111111", Some("4111111111111111")),
        ],
        BankCard::parse,
    );
    holds(
        &[
            ("1234567", None),
            ("12345678A", None),
            ("1234567890123456789012345678901", None),
            ("3400 1234 5678 9", Some("3400123456789")),
        ],
        BankAccount::parse,
    );
    assert!(!format!("{:?}", BankCard::parse("4111111111111111").unwrap()).contains("4111"), "no log shows a card");
}

#[test]
fn ways_to_reach_somebody_are_kept_in_one_spelling() {
    holds(
        &[
            ("23680", None),
            ("2368000", None),
            ("23680a", None),
            ("000000", None),
            ("991234", None),
            (" ２３６８００ ", Some("236800")),
        ],
        Postcode::parse,
    );
    holds(
        &[
            ("", None),
            ("5550101", None),
            ("0558-555010", None),
            ("0558-1550101", None),
            ("0558-5550101-1234567", None),
            ("13900000001", None),
            ("0558-555O101", None),
            ("0558-5550101", Some("0558-5550101")),
            ("05585550101", Some("0558-5550101")),
            ("（0558）5550101", Some("0558-5550101")),
            ("010 65550101", Some("010-65550101")),
            ("0558-5550101-8", Some("0558-5550101-8")),
            ("4008001234", Some("400-800-1234")),
        ],
        Landline::parse,
    );
    holds(
        &[
            ("", None),
            ("guilan", None),
            ("@example.cn", None),
            ("a@b", None),
            ("a@b..cn", None),
            ("a b@example.cn", None),
            (".a@example.cn", None),
            ("a@@example.cn", None),
            ("a@example.12", None),
            ("Li.Gui_lan@Example.CN", Some("Li.Gui_lan@example.cn")),
            ("123＠qq.com", Some("123@qq.com")),
        ],
        Email::parse,
    );
}
