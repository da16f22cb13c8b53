# imports: flask
# exercises: the test client: routes and converters, a blueprint, templates with escaping, JSON,
#   a signed session, an upload, errors, a stream; url_for and a command
# versions: >=2.2
import io
import os
import pathlib

import flask

pathlib.Path("templates").mkdir()
pathlib.Path("templates", "page.html").write_text(
    "{% extends 'base.html' %}{% block body %}{{ name }} {{ url_for('shop.item', number=3) }}"
    "{% for message in get_flashed_messages() %} [{{ message }}]{% endfor %}{% endblock %}"
)
pathlib.Path("templates", "base.html").write_text("<p>{% block body %}{% endblock %}</p>")

app = flask.Flask("probe", root_path=os.getcwd())
app.config.update(SECRET_KEY="not secret", TESTING=True)
shop = flask.Blueprint("shop", "probe", url_prefix="/shop", root_path=os.getcwd())


@shop.route("/item/<int:number>")
def item(number):
    if number == 0:
        flask.abort(404)
    return {"number": number * 2, "q": flask.request.args.getlist("q")}


@app.route("/page/<path:name>")
def page(name):
    flask.flash("seen")
    return flask.render_template("page.html", name=name)


@app.route("/count")
def count():
    flask.session["count"] = flask.session.get("count", 0) + 1
    return str(flask.session["count"])


@app.post("/upload")
def upload():
    file = flask.request.files["file"]
    text = "%s %s %d" % (flask.request.form["word"], file.filename, len(file.read()))
    return text, 201, {"X-Name": "v"}


@app.route("/stream")
def stream():
    return flask.Response(("%d," % number for number in range(5)), mimetype="text/csv")


@app.route("/moved")
def moved():
    return flask.redirect(flask.url_for("shop.item", number=4, q="a b"))


@app.route("/broken")
def broken():
    return 1 // 0


@app.errorhandler(404)
def missing(error):
    return flask.jsonify(error=error.code), 404


@app.errorhandler(ZeroDivisionError)
def divided(error):
    return "divided", 500


@app.after_request
def mark(response):
    response.headers["X-Seen"] = flask.request.method
    return response


@app.cli.command("add")
def add():
    print(19 + 23)


app.register_blueprint(shop)
with app.test_client() as client:
    answer = client.get("/shop/item/21?q=1&q=%C3%A9")
    assert answer.status_code == 200 and answer.get_json() == {"number": 42, "q": ["1", "\u00e9"]}
    assert answer.headers["X-Seen"] == "GET" and flask.request.endpoint == "shop.item"
    answer = client.get("/shop/item/0")
    assert (answer.status_code, answer.get_json()) == (404, {"error": 404})
    assert client.get("/shop/item/x").status_code == 404
    text = client.get("/page/<b>/c").get_data(as_text=True)
    assert text == "<p>&lt;b&gt;/c /shop/item/3 [seen]</p>", text
    assert [client.get("/count").data for _ in range(3)] == [b"1", b"2", b"3"]
    data = {"word": "gr\u00fcn", "file": (io.BytesIO(b"x" * 70000), "n.txt")}
    answer = client.post("/upload", data=data)
    assert (answer.status_code, answer.headers["X-Name"]) == (201, "v")
    assert answer.get_data(as_text=True) == "gr\u00fcn n.txt 70000"
    assert client.get("/stream").data == b"0,1,2,3,4,"
    answer = client.get("/moved", follow_redirects=True)
    assert answer.get_json() == {"number": 8, "q": ["a b"]}
    assert client.get("/broken").data == b"divided" and client.post("/count").status_code == 405
    with client.session_transaction() as session:
        assert session["count"] == 3
client = app.test_client(use_cookies=False)
forged = {"Cookie": "session=eyJjb3VudCI6OX0.forged.signature"}
assert client.get("/count", headers=forged).data == b"1", "a forged session was taken"
with app.test_request_context("/a?b=1", base_url="https://example.com/root"):
    assert flask.url_for("count", _external=True) == "https://example.com/root/count"
    assert flask.render_template_string("{{ request.args.b }}{{ x|tojson }}", x=[1]) == "1[1]"
assert app.test_cli_runner().invoke(args=["add"]).output == "42\n"
