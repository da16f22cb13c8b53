# imports: flask
# exercises: the test client: routes and converters, a blueprint, templates with escaping, JSON, a
#   signed session, errors
# versions: >=2.2
import flask

app = flask.Flask("probe")
app.config.update(SECRET_KEY="not secret", TESTING=True)
shop = flask.Blueprint("shop", "probe", url_prefix="/shop")


@shop.route("/item/<int:number>")
def item(number):
    return {"number": number * 2, "q": flask.request.args.getlist("q")}


@app.route("/page/<path:name>")
def page(name):
    text = "<p>{{ name }} {{ url_for('shop.item', number=3) }}</p>"
    return flask.render_template_string(text, name=name)


@app.route("/count")
def count():
    flask.session["count"] = flask.session.get("count", 0) + 1
    return str(flask.session["count"])


@app.errorhandler(404)
def missing(error):
    return flask.jsonify(error=error.code), 404


app.register_blueprint(shop)
with app.test_client() as client:
    answer = client.get("/shop/item/21?q=1&q=%C3%A9")
    assert answer.get_json() == {"number": 42, "q": ["1", "\u00e9"]}
    answer = client.get("/shop/item/x")
    assert (answer.status_code, answer.get_json()) == (404, {"error": 404})
    assert client.get("/page/<b>/c").data == b"<p>&lt;b&gt;/c /shop/item/3</p>"
    assert [client.get("/count").data for _ in range(3)] == [b"1", b"2", b"3"]
forged = {"Cookie": "session=eyJjb3VudCI6OX0.forged.signature"}
answer = app.test_client(use_cookies=False).get("/count", headers=forged)
assert answer.data == b"1", "a forged session was taken"
