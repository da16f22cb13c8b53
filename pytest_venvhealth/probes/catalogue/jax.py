# imports: jax, jax.numpy, jax.numpy.linalg, jax.scipy.special, jax.random
# exercises: functions compiled by XLA for the processor, gradients, vectorising and scans, linear
#   algebra, random numbers by their published generator, trees
# versions: >=0.4.30
# timeout: 120
import jax
import jax.numpy as jnp
import numpy as np

assert jax.devices("cpu")


def polynomial(x):
    return x**3 + 2.0 * x


# The compiled function, its slope, and the slope's slope, by hand.
with jax.default_device(jax.devices("cpu")[0]):
    assert float(jax.jit(polynomial)(2.0)) == 12.0
    assert float(jax.grad(polynomial)(2.0)) == 14.0
    assert float(jax.jit(jax.grad(jax.grad(polynomial)))(2.0)) == 12.0
    assert jax.vmap(jax.grad(polynomial))(jnp.arange(3.0)).tolist() == [2.0, 5.0, 14.0]
    value, slope = jax.jvp(polynomial, (1.0,), (2.0,))
    assert (float(value), float(slope)) == (3.0, 10.0)
    turned = jax.jacobian(lambda v: jnp.stack([v[0] * v[1], v[0] + v[1]]))(jnp.array([2.0, 3.0]))
    assert turned.tolist() == [[3.0, 2.0], [1.0, 1.0]], turned

    last, every = jax.lax.scan(lambda total, x: (total + x, total), 0, jnp.arange(1, 6))
    assert int(last) == 15 and every.tolist() == [0, 1, 3, 6, 10]
    assert int(jax.lax.while_loop(lambda n: n < 100, lambda n: n * 2, 1)) == 128

    left, right = jnp.array([[1.0, 2.0], [3.0, 4.0]]), jnp.array([[5.0, 6.0], [7.0, 8.0]])
    assert (left @ right).tolist() == [[19.0, 22.0], [43.0, 50.0]]
    assert jnp.allclose(
        jnp.linalg.solve(left, jnp.array([5.0, 11.0])), jnp.array([1.0, 2.0]), atol=1e-5
    )
    assert jnp.allclose(
        jnp.linalg.eigvalsh(jnp.array([[2.0, 1.0], [1.0, 2.0]])), jnp.array([1.0, 3.0]), atol=1e-5
    )
    assert jnp.allclose(
        jnp.fft.fft(jnp.array([1.0, 0.0, -1.0, 0.0])), jnp.array([0, 2, 0, 2]), atol=1e-5
    )
    window = jax.lax.conv(
        jnp.arange(9.0).reshape(1, 1, 3, 3), jnp.ones((1, 1, 2, 2)), (1, 1), "VALID"
    )
    assert window[0, 0].tolist() == [[8.0, 12.0], [20.0, 24.0]], window
    assert abs(float(jax.scipy.special.erf(0.5)) - 0.5204998778) < 1e-6
    # Rows are changed in a copy.
    old = jnp.zeros(3)
    assert old.at[1].add(5.0).tolist() == [0.0, 5.0, 0.0] and old.sum() == 0.0
    assert jax.tree_util.tree_map(lambda a: a * 2, {"a": [1, (2,)]}) == {"a": [2, (4,)]}

    key = jax.random.PRNGKey(7)
    first, second = jax.random.normal(key, (1000,)), jax.random.normal(key, (1000,))
    assert (first == second).all() and abs(float(first.mean())) < 0.15
    # Threefry's own test vector for key 0 and counter 0.
    word = np.asarray(jax.random.fold_in(jax.random.PRNGKey(0), 0)).tolist()
    assert word == [0x6B200159, 0x99BA4EFE], word
    assert not (jax.random.normal(jax.random.split(key)[0], (1000,)) == first).any()
    assert isinstance(np.asarray(first), np.ndarray) and np.asarray(first).dtype == np.float32
